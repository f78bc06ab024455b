package io.cortado.cuda.kernels;

import io.cortado.cuda.CudaErrors;
import jcuda.driver.CUfunction;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** Launches the kernels of one file. */
abstract class Family {

  static final int BLOCK = KernelSource.BLOCK;

  /**
   * The most blocks of a launch, enough to fill any device; threads walk on in strides of the grid.
   * The same for all devices, because it decides the order of some sums.
   */
  static final int MAX_BLOCKS = 1024;

  private static final int WARP = 32;

  private final Kernels kernels;
  private final String file;

  Family(Kernels kernels, String file) {
    this.kernels = kernels;
    this.file = file;
  }

  final Kernels kernels() {
    return kernels;
  }

  /**
   * Returns how many blocks have a thread for each of n elements, at least 1 and at most the limit.
   */
  static int blocks(long n) {
    return (int) Math.clamp(Math.ceilDiv(n, (long) BLOCK), 1, MAX_BLOCKS);
  }

  /** Launches a kernel with a thread for each of n elements; for none, nothing happens. */
  final void each(String name, long n, @Nullable Object... arguments) {
    if (n > 0) {
      launch(name, blocks(n), arguments);
    }
  }

  /** Launches a kernel that works on four elements at a time, for each of n. */
  final void eachFour(String name, long n, @Nullable Object... arguments) {
    if (n > 0) {
      launch(name, blocks(Math.ceilDiv(n, 4L)), arguments);
    }
  }

  /**
   * Launches a kernel that gives each row to one thread, a warp or a block.
   *
   * <p>What neighbouring threads read is to be neighbours: of rows whose elements are neighbours, a
   * warp or a block reads one; of others, and of very short ones, each thread has its own.
   *
   * @param name without its ending, which says who gets a row
   * @param inner how far the elements of a row are apart
   */
  final void rows(String name, long rows, int length, long inner, @Nullable Object... arguments) {
    if (rows == 0) {
      return;
    }
    if (inner > 1 || length < WARP) {
      launch(name + "_by_threads", blocks(rows), arguments);
    } else if (length < 4 * BLOCK) {
      launch(name + "_by_warps", blocks(rows * WARP), arguments);
    } else {
      launch(name + "_by_blocks", (int) Math.min(rows, MAX_BLOCKS), arguments);
    }
  }

  /** Launches a kernel of so many blocks; null is a null pointer, an array is a struct. */
  final void launch(String name, int grid, @Nullable Object... arguments) {
    launch(kernels.function(file, name), name, grid, arguments);
  }

  /** Launches a function of so many blocks; see {@link #launch(String, int, Object...)}. */
  final void launch(CUfunction function, String name, int grid, @Nullable Object... arguments) {
    CudaErrors.check(
        JCudaDriver.cuLaunchKernel(
            function,
            grid,
            1,
            1,
            BLOCK,
            1,
            1,
            0,
            kernels.context.stream(),
            kernels.arguments.pack(arguments),
            null),
        "cuLaunchKernel",
        name);
  }
}

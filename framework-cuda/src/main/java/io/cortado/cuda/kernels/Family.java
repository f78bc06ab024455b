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

  /** Launches a kernel of so many blocks; null is a null pointer, an array is a struct. */
  final void launch(String name, int grid, @Nullable Object... arguments) {
    CUfunction function = kernels.function(file, name);
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

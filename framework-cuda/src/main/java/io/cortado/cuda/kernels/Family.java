package io.cortado.cuda.kernels;

import io.cortado.backend.Buffer;
import io.cortado.cuda.CudaBuffer;
import io.cortado.cuda.CudaErrors;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
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
    NativePointerObject[] pointers = new NativePointerObject[arguments.length];
    for (int i = 0; i < pointers.length; i++) {
      pointers[i] = pointer(arguments[i]);
    }
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
            Pointer.to(pointers),
            null),
        "cuLaunchKernel",
        name);
  }

  private static Pointer pointer(@Nullable Object argument) {
    return switch (argument) {
      case null -> Pointer.to(new CUdeviceptr());
      case Buffer buffer -> Pointer.to(CudaBuffer.of(buffer).pointer());
      case CUdeviceptr address -> Pointer.to(address);
      case Integer value -> Pointer.to(new int[] {value});
      case Long value -> Pointer.to(new long[] {value});
      case Float value -> Pointer.to(new float[] {value});
      case Double value -> Pointer.to(new double[] {value});
      case Boolean value -> Pointer.to(new int[] {value ? 1 : 0});
      case int[] struct -> Pointer.to(struct);
      case long[] struct -> Pointer.to(struct);
      default -> throw new IllegalArgumentException("no kernel takes a " + argument.getClass());
    };
  }
}

package io.cortado.cuda;

import org.jspecify.annotations.Nullable;

/** Runs the project's own kernels. */
public interface Launcher {

  /**
   * Queues a kernel on the context's stream.
   *
   * @param file the file in resources/kernels without its ending, such as {@code "pool"}
   * @param kernel the name of the function in it
   * @param grid how many blocks
   * @param block threads of each
   * @param arguments each a {@link CudaBuffer}, a {@link jcuda.driver.CUdeviceptr}, null (a null
   *     pointer), an Integer, a Long or a Float
   */
  void launch(String file, String kernel, long grid, int block, @Nullable Object... arguments);
}

/**
 * The backend for NVIDIA's GPUs, through JCuda: driver API, NVRTC, cuBLAS and cuDNN.
 *
 * <p>{@link io.cortado.cuda.CudaBackend} is the end of a chain of classes, one for each of {@link
 * io.cortado.backend.Backend}'s groups of operations.
 */
@NullMarked
package io.cortado.cuda;

import org.jspecify.annotations.NullMarked;

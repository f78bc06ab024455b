/** The backend for NVIDIA's GPUs, through JCuda: driver API, NVRTC, cuBLAS and cuDNN. */
@NullMarked
package io.cortado.cuda;

import org.jspecify.annotations.NullMarked;

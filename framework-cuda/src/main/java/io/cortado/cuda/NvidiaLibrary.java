package io.cortado.cuda;

import java.util.Collection;
import java.util.stream.Collectors;

/** What is needed of NVIDIA's, in the order of loading: each needs only what is before it. */
enum NvidiaLibrary {
  /** The driver, which no toolkit and no package brings. */
  DRIVER("libcuda.so.1", "NVIDIA's driver", ""),
  /** The compiler of kernels. */
  NVRTC("libnvrtc.so.12", "NVRTC 12", "nvidia-cuda-nvrtc-cu12"),
  /** What cuBLAS is made with. */
  CUBLAS_LT("libcublasLt.so.12", "cuBLASLt 12", "nvidia-cublas-cu12"),
  /** Matrix products. */
  CUBLAS("libcublas.so.12", "cuBLAS 12", "nvidia-cublas-cu12"),
  /** Convolution, pooling, softmax. */
  CUDNN("libcudnn.so.9", "cuDNN 9", "nvidia-cudnn-cu12");

  /** The name that the dynamic linker knows it by. */
  final String file;

  /** What people call it. */
  final String title;

  private final String pip;

  NvidiaLibrary(String file, String title, String pip) {
    this.file = file;
    this.title = title;
    this.pip = pip;
  }

  /** Says what brings all of some missing libraries: one thing to do, and its alternatives. */
  static String remedy(Collection<NvidiaLibrary> missing) {
    if (missing.contains(DRIVER)) {
      return "install NVIDIA's driver for your GPU (in a container: start it with --gpus all)";
    }
    return "run pip install %s (or, in Cortado's folder, mvn -N -Pcuda-redist initialize), or set CORTADO_CUDA_HOME to the folder that holds %s"
        .formatted(
            missing.stream()
                .map(library -> library.pip)
                .distinct()
                .collect(Collectors.joining(" ")),
            missing.stream().map(library -> library.file).collect(Collectors.joining(", ")));
  }

  /** Says that it was looked for in vain; a diagnosis names the folders once. */
  String notFound(LibrarySearch search) {
    int count = search.folders().size();
    return "no %s in %s"
        .formatted(file, count == 1 ? "the folder" : "the %d folders".formatted(count));
  }
}

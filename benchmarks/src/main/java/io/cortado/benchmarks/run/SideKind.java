package io.cortado.benchmarks.run;

import java.io.File;
import java.nio.file.Path;

/** The sides, and how the process of each is started. */
enum SideKind {
  CORTADO("Cortado", "cortado.CortadoMain"),
  PYTORCH("PyTorch", "pytorch.PyTorchMain"),
  DL4J("DL4J", "dl4j.Dl4jMain"),
  OPENBLAS("OpenBLAS", "openblas.OpenBlasMain");

  private final String title;
  private final String main;

  SideKind(String title, String main) {
    this.title = title;
    this.main = main;
  }

  String title() {
    return title;
  }

  String mainClass() {
    return "io.cortado.benchmarks." + main;
  }

  /** Returns whether this side trains networks; OpenBLAS multiplies matrices alone. */
  boolean trains() {
    return this != OPENBLAS;
  }

  /** Returns whether this side is in the table of matrix products. */
  boolean multiplies() {
    return this == CORTADO || this == OPENBLAS;
  }

  Path target(Path root) {
    Path benchmarks = root.resolve("benchmarks");
    return this == CORTADO
        ? benchmarks.resolve("target")
        : benchmarks.resolve("peers").resolve(folder()).resolve("target");
  }

  String classPath(Path root) {
    Path target = target(root);
    return this == CORTADO
        ? target.resolve("benchmarks.jar").toString()
        : target.resolve("classes") + File.pathSeparator + target.resolve("lib") + "/*";
  }

  private String folder() {
    return switch (this) {
      case CORTADO -> "cortado";
      case PYTORCH -> "pytorch";
      case DL4J -> "dl4j";
      case OPENBLAS -> "openblas";
    };
  }
}

package io.cortado.cpu.simd;

import io.cortado.backend.BackendException;

/**
 * The choice between the Vector API and scalar loops.
 *
 * @param ops the loops chosen
 * @param gemm the matrix products' kernels, chosen alike
 * @param lanes the direct convolutions' kernels, chosen alike
 * @param pool the poolings' kernels, chosen alike
 * @param pointwise the operations of pointwise programs, chosen alike
 * @param norm the normalisations' kernels, chosen alike
 * @param lrn the local response normalisation's kernels, chosen alike
 * @param rnn the recurrent layers' kernels, chosen alike
 * @param description what runs and, where it is not the fastest, why
 */
public record Simd(
    VectorOps ops,
    GemmKernel gemm,
    LaneKernel lanes,
    PoolKernel pool,
    PointwiseKernel pointwise,
    NormKernel norm,
    LrnKernel lrn,
    RnnKernel rnn,
    String description) {

  /**
   * The system property that overrides the choice: {@code scalar}, or a width of vectors in bits.
   */
  public static final String PROPERTY = "cortado.cpu.simd";

  /** The module of the Vector API. */
  public static final String MODULE = "jdk.incubator.vector";

  /** What to do where the module is not loaded. */
  public static final String REMEDY = "start java with --add-modules " + MODULE;

  /** What to choose. */
  public enum Choice {
    /** What the system property says; without it the Vector API where its module is loaded. */
    AUTO,
    /** The Vector API. */
    VECTOR_API,
    /** Scalar loops. */
    SCALAR
  }

  /**
   * Chooses.
   *
   * @throws BackendException if the system property has an unknown value, or asks for vectors that
   *     cannot be had
   */
  public static Simd choose(Choice choice) {
    String property = System.getProperty(PROPERTY, "");
    boolean loaded = ModuleLayer.boot().findModule(MODULE).isPresent();
    return switch (choice) {
      case AUTO -> byProperty(property, loaded);
      case VECTOR_API -> vectors(loaded, "the Vector API was asked for");
      case SCALAR -> scalar("they were asked for");
    };
  }

  static Simd byProperty(String property, boolean loaded) {
    return switch (property) {
      case "" -> loaded ? vectors(true, "") : scalar(MODULE + " is not loaded: " + REMEDY);
      case "scalar" -> scalar("-D" + PROPERTY + "=scalar");
      case "128", "256", "512" -> {
        String asked = "-D" + PROPERTY + "=" + property;
        if (loaded) {
          Lanes.check(Integer.parseInt(property));
        }
        yield vectors(loaded, asked);
      }
      default ->
          throw new BackendException(
              "cannot open the cpu backend: the system property %s is \"%s\"; give scalar, 128, 256 or 512, or leave it out"
                  .formatted(PROPERTY, property));
    };
  }

  private static Simd vectors(boolean loaded, String asked) {
    if (!loaded) {
      throw new BackendException(
          "cannot open the cpu backend: "
              + asked
              + ", but "
              + MODULE
              + " is not loaded: "
              + REMEDY);
    }
    VectorOps ops = new SimdVectorOps();
    return new Simd(
        ops,
        new VectorGemmKernel(),
        new VectorLaneKernel(),
        new VectorPoolKernel(),
        new VectorPointwiseKernel(ops),
        new VectorNormKernel(),
        new VectorLrnKernel(),
        new SimdRnnKernel(),
        ops.description());
  }

  private static Simd scalar(String reason) {
    VectorOps ops = new ScalarVectorOps();
    return new Simd(
        ops,
        new ScalarGemmKernel(),
        new ScalarLaneKernel(),
        new ScalarPoolKernel(),
        new ScalarPointwiseKernel(ops),
        new ScalarNormKernel(),
        new ScalarLrnKernel(),
        new ScalarRnnKernel(),
        ops.description() + ", because " + reason);
  }
}

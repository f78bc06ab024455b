package io.cortado.cpu;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.MathPrecision;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.Simd;

/**
 * The pure-Java backend: arrays, worker threads, and the Vector API where it is loaded.
 *
 * <p>Operations are done when their method returns. They are in the superclasses, by {@link
 * Backend}'s groups; these unpack buffers, and the arithmetic is in {@link io.cortado.cpu.kernels}.
 */
public final class CpuBackend extends CpuTrainingOps {

  /** The name users ask for. */
  static final String NAME = "cpu";

  private final String description;
  private final MathPrecision precision;
  private final Workers workers;

  private CpuBackend(Simd simd, Workers workers, MathPrecision precision) {
    super(simd, workers);
    this.precision = precision;
    this.workers = workers;
    description =
        "cpu: %s, %d %s%s"
            .formatted(
                simd.description(),
                workers.count(),
                workers.count() == 1 ? "thread" : "threads",
                precision == MathPrecision.FLOAT32
                    ? ""
                    : "; precision "
                        + precision.label()
                        + " was asked for: the cpu computes in float32, which is at least as"
                        + " exact");
  }

  /**
   * Opens the backend.
   *
   * @throws io.cortado.backend.BackendException if the choice cannot be had here
   */
  public static CpuBackend open(BackendOptions options, Simd.Choice choice) {
    if (options.ordinal() != 0) {
      throw new IllegalArgumentException(
          "cpu:" + options.ordinal() + " does not exist: the cpu is one device, number 0");
    }
    Simd simd = Simd.choose(choice);
    return new CpuBackend(simd, new Workers(options.threads()), options.precision());
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return description;
  }

  /** Returns what was asked for; the arithmetic is float32's whatever that is. */
  @Override
  public MathPrecision precision() {
    return precision;
  }

  @Override
  public void close() {
    pointwise.close();
    workers.close();
    buffers.trim();
  }
}

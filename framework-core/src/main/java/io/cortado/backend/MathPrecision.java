package io.cortado.backend;

/**
 * How exactly matrix products and convolutions are computed.
 *
 * <p>Whatever the precision, tensors are float32 in memory, sums are made in float32, and
 * everything else (reductions, normalisation, losses, optimizers) is computed in float32. What
 * differs is to how many bits the factors of a product are rounded before they are multiplied, to
 * nearest with ties to even. A backend may compute more exactly than asked; its description then
 * says so.
 */
public enum MathPrecision {

  /** Factors are not rounded. The default. */
  FLOAT32("fp32", 24),

  /** Factors have 11 significant bits and float32's range. Needs no loss scaling. */
  TF32("tf32", 11),

  /**
   * Factors have 8 significant bits and float32's range, and take half the room. Needs no loss
   * scaling.
   */
  BFLOAT16("bf16", 8),

  /**
   * Factors have 11 significant bits and take half the room, but lie between about 6e-8 and 65504:
   * what is larger becomes infinite, and small gradients vanish without {@link
   * io.cortado.optim.GradScaler loss scaling}.
   */
  FLOAT16("fp16", 11);

  private final String label;
  private final int significantBits;

  MathPrecision(String label, int significantBits) {
    this.label = label;
    this.significantBits = significantBits;
  }

  /** Returns the short name: fp32, tf32, bf16 or fp16. */
  public String label() {
    return label;
  }

  /** Returns the largest relative error of rounding a factor, within the range. */
  public double epsilon() {
    return Math.scalb(1.0, -significantBits);
  }

  /** Says whether factors are stored in 16 bits. */
  public boolean isSixteenBit() {
    return this == BFLOAT16 || this == FLOAT16;
  }

  /**
   * Returns the precision of a short name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static MathPrecision ofLabel(String label) {
    for (MathPrecision p : values()) {
      if (p.label.equals(label)) {
        return p;
      }
    }
    throw new IllegalArgumentException(
        "precision: there is no '" + label + "'; there are fp32, tf32, bf16 and fp16");
  }
}

package io.cortado.backend.spec;

/**
 * How a loss scale changes, and where its numbers lie in device memory.
 *
 * <p>The rule is that of {@code torch.cuda.amp.GradScaler}: {@code found ? (scale *= backoffFactor,
 * tracker = 0) : ++tracker == growthInterval ? (scale *= growthFactor if that is finite, tracker =
 * 0) : nothing}. Then {@code skipped += found, found = 0}. All numbers are float32; counts are
 * exact up to 2^24.
 *
 * @param growthFactor what the scale is multiplied by after {@code growthInterval} steps in a row
 *     whose gradients were finite
 * @param backoffFactor what it is multiplied by after a step whose gradients were not
 * @param growthInterval from 1 to 2^24
 */
public record LossScaleSpec(float growthFactor, float backoffFactor, int growthInterval) {

  /** Index of the scale. */
  public static final int SCALE = 0;

  /** Index of the flag that is 1 where a gradient was found that is not finite, else 0. */
  public static final int FOUND = 1;

  /** Index of how many steps in a row had finite gradients since the scale changed. */
  public static final int TRACKER = 2;

  /** Index of how many steps were skipped. */
  public static final int SKIPPED = 3;

  /** How many numbers there are. */
  public static final int COUNT = 4;
}

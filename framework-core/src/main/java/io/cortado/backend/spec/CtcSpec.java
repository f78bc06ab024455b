package io.cortado.backend.spec;

/**
 * A connectionist temporal classification loss.
 *
 * @param steps the extent of time of the log-probabilities, {@code [steps, batch, classes]}
 * @param batch how many sequences there are
 * @param classes how many classes there are, the blank among them
 * @param maxTarget the extent of the targets, {@code [batch, maxTarget]}
 * @param blank the class that stands for no label
 * @param zeroInfinity whether a sequence that no alignment fits costs nothing and has no gradient,
 *     instead of an infinite loss with a gradient of NaN
 */
public record CtcSpec(
    int steps, int batch, int classes, int maxTarget, int blank, boolean zeroInfinity) {

  /** Returns the number of log-probabilities. */
  public long size() {
    return (long) steps * batch * classes;
  }

  /** Returns how many places the longest target has with a blank before, between and behind. */
  public int places() {
    return 2 * maxTarget + 1;
  }
}

package io.cortado.train;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Tensor;
import io.cortado.io.FileException;

/**
 * Adds up losses on the device, so that no step has to wait for its loss to be read.
 *
 * <p>The sum in single precision moves into one of double precision after a fixed number of
 * batches, not when somebody looks, so that the mean has the same bits in every run.
 */
final class RunningLoss implements AutoCloseable {

  private static final int DRAIN_EVERY = 256;

  private final Scope scope;
  private final Tensor sum;
  private final float[] host = new float[1];
  private double drained;
  private long drainedSamples;
  private long pendingSamples;
  private int pending;
  private boolean finite = true;

  RunningLoss(Device device) {
    scope = device.scope();
    sum = scope.zeros(); // so that a mean before the first reset is that of nothing
  }

  void reset() {
    drained = 0;
    drainedSamples = 0;
    finite = true;
    clear();
  }

  private void clear() {
    scope.device().backend().fill(sum.buffer(), 1, 0);
    pending = 0;
    pendingSamples = 0;
  }

  /**
   * Adds a batch's mean loss, once for each of its samples; on the device alone, so that it can be
   * part of a recorded step. {@link #count} has to follow.
   */
  void add(Tensor loss, int samples) {
    if (loss.size() != 1) {
      throw new IllegalArgumentException(
          "fit: the loss "
              + loss.shape()
              + " is not a single number; choose a reduction, the mean for example");
    }
    scope.device().backend().axpby(1, samples, loss.buffer(), 1, sum.buffer());
  }

  /** Counts the samples of a loss that was added. */
  void count(int samples) {
    pendingSamples += samples;
    if (++pending == DRAIN_EVERY) {
      drained += read();
      drainedSamples += pendingSamples;
      clear();
    }
  }

  /** Returns the mean over all samples so far, NaN if there are none; waits for the device. */
  double mean() {
    double total = drained + (pending == 0 ? 0 : read());
    return total / (drainedSamples + pendingSamples);
  }

  private double read() {
    scope.device().backend().download(sum.buffer(), 0, host, 0, 1);
    finite &= Float.isFinite(host[0]);
    return host[0];
  }

  /** Keeps the sums so far; waits for the device. */
  void capture(StateTexts texts) {
    texts.put("loss.drained", drained);
    texts.put("loss.drained_samples", drainedSamples);
    texts.put("loss.pending", pending);
    texts.put("loss.pending_samples", pendingSamples);
    texts.put("loss.sum", pending == 0 ? 0f : read());
  }

  /**
   * The sums of an epoch so far.
   *
   * @param drained the sum in double precision
   * @param drainedSamples how many samples are in it
   * @param pending how many batches are not in it yet
   * @param pendingSamples how many samples these have
   * @param sum and their sum
   */
  record State(double drained, long drainedSamples, int pending, long pendingSamples, float sum) {

    /**
     * Reads what {@link #capture} kept.
     *
     * @throws FileException if something is missing, or no sum that a run goes on from
     */
    static State of(StateTexts texts) {
      State s =
          new State(
              texts.number("loss.drained"),
              texts.whole("loss.drained_samples"),
              texts.count("loss.pending"),
              texts.whole("loss.pending_samples"),
              (float) texts.number("loss.sum"));
      if (!Double.isFinite(s.drained) || !Float.isFinite(s.sum) || s.pending >= DRAIN_EVERY) {
        throw FileException.of(
            texts.source(),
            "says that losses add up to %s and %s, the latter of %d batches"
                .formatted(s.drained, s.sum, s.pending),
            "use another checkpoint");
      }
      return s;
    }
  }

  /** Goes on from where {@link #capture} was. */
  void restore(State from) {
    reset();
    drained = from.drained;
    drainedSamples = from.drainedSamples;
    pending = from.pending;
    pendingSamples = from.pendingSamples;
    host[0] = from.sum;
    scope.device().backend().upload(host, 0, sum.buffer(), 0, 1);
  }

  /** Says whether every sum that has been read was a finite number. */
  boolean isFinite() {
    return finite;
  }

  @Override
  public void close() {
    scope.close();
  }
}

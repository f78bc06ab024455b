package io.cortado.data;

import io.cortado.Device;
import io.cortado.Scope;
import java.util.Iterator;

/**
 * The batches of one epoch, in order, once. Closing frees them, however far the loop has come.
 *
 * <p>A batch's tensors can be used until the batch after the next is asked for.
 */
public interface Batches extends Iterator<Batch>, AutoCloseable {

  /** Makes one batch. */
  @FunctionalInterface
  interface Maker {

    /**
     * Makes it.
     *
     * @param scope where its tensors belong
     * @param index which batch of the epoch
     */
    Batch make(Scope scope, int index);
  }

  /**
   * Returns batches that are made one after the other, each when it is asked for.
   *
   * @param from the first
   * @param to the one after the last
   */
  static Batches made(Device device, int from, int to, Maker maker) {
    return new MadeBatches(device, from, to, maker);
  }

  @Override
  void close();
}

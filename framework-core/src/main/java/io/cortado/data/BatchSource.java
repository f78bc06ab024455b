package io.cortado.data;

import io.cortado.Device;

/**
 * What {@link io.cortado.train.Trainer} goes through: an epoch's batches, again and again.
 *
 * <p>A {@link DataLoader} makes them of a data set whose samples are all of one shape. Batches that
 * are of many lengths, or parts of one long stream, come from a class of one's own, as PyTorch's
 * come from a batch sampler and a collate function:
 *
 * {@snippet :
 * record Parts(int[] text, int length) implements BatchSource {
 *   public int batches(int epoch) {
 *     return (text.length - 1) / length;
 *   }
 *
 *   public int samples(int epoch) {
 *     return batches(epoch) * length;
 *   }
 *
 *   public Batches epoch(Device device, int epoch, int fromBatch) {
 *     return Batches.made(device, fromBatch, batches(epoch), this::part);
 *   }
 *
 *   private Batch part(Scope scope, int index) { ... }
 * }
 * }
 *
 * <p>A batch has to be a function of the epoch's number and its own: then a resumed training goes
 * on at any of them, and nothing about the data has to be kept.
 */
public interface BatchSource {

  /** Returns how many batches an epoch has. */
  int batches(int epoch);

  /** Returns how many samples these have. */
  int samples(int epoch);

  /**
   * Starts an epoch at one of its batches, as a resumed run does.
   *
   * @param device where the batches' tensors are made
   * @param epoch the epoch's number, from 0
   * @param fromBatch the first batch; the number of batches for none
   */
  Batches epoch(Device device, int epoch, int fromBatch);
}

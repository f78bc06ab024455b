package io.cortado.cuda.dnn;

import io.cortado.backend.BackendException;

/**
 * A batch, cut so that no tensor of a piece has more elements than cuDNN takes.
 *
 * <p>All pieces but the last have the same number of samples, by which the cut is a multiple of 64,
 * else a power of two: pieces begin where memory is aligned, as far as that can be.
 *
 * @param batch how many samples there are
 * @param samples how many there are in a piece
 */
record Pieces(long batch, long samples) {

  private static final int ALIGNMENT = 64;

  /** Takes the samples from the first on. */
  interface Piece {
    void of(long first, int count);
  }

  /**
   * Cuts a batch.
   *
   * @param sample the elements of one sample in the largest of the tensors
   * @param spec what is computed, for the message
   * @throws BackendException if one sample has too many
   */
  static Pieces of(long batch, long sample, Limits limits, Object spec) {
    long most = limits.elements() / Math.max(sample, 1);
    if (most == 0) {
      throw new BackendException(
          "%s: one sample is a tensor of %d elements, and cuDNN's have at most %d: use smaller samples, or the CPU"
              .formatted(spec, sample, limits.elements()));
    }
    if (batch <= most) {
      return new Pieces(batch, batch);
    }
    return new Pieces(
        batch, most >= ALIGNMENT ? most - most % ALIGNMENT : Long.highestOneBit(most));
  }

  /** Has each piece done, in order. */
  void each(Piece piece) {
    for (long first = 0; first < batch; first += samples) {
      piece.of(first, Math.toIntExact(Math.min(samples, batch - first)));
    }
  }
}

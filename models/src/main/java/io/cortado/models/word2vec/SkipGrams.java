package io.cortado.models.word2vec;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.data.Batch;
import io.cortado.data.BatchSource;
import io.cortado.data.Batches;
import io.cortado.data.Field;
import io.cortado.models.data.Draws;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Words with a word of their neighbourhood, and others drawn at random, batch by batch.
 *
 * <p>How far the neighbourhood of a word goes is drawn anew each time, up to the window. What is
 * left at an epoch's end and does not fill a batch is passed over.
 */
final class SkipGrams implements BatchSource {

  /** The field of words drawn at random after the neighbor, {@code [batch, 1 + negatives]}. */
  static final String OTHERS = "others";

  private static final List<String> FIELDS = List.of(Field.INPUTS, OTHERS, Field.LABELS);

  /** Cells of the table that a random word is drawn by. */
  private static final int TABLE = 1 << 20;

  /** Tells the draws of random words from those of {@link PairWalk}. */
  private static final int NEGATIVES = 1;

  /** How a corpus is read. */
  record Reading(int window, int negatives, double threshold) {}

  private final Corpus corpus;
  private final Reading reading;
  private final int batch;
  private final long seed;
  private final double[] kept;
  private final int[] table;

  SkipGrams(Corpus corpus, Reading reading, int batch, long seed) {
    this.corpus = corpus;
    this.reading = reading;
    this.batch = batch;
    this.seed = seed;
    kept = corpus.kept(reading.threshold);
    table = new int[TABLE];
    double[] noise = corpus.noise();
    for (int i = 0, w = 0; i < TABLE; i++) {
      while (w < noise.length - 1 && noise[w] < (i + 0.5) / TABLE * noise[noise.length - 1]) {
        w++;
      }
      table[i] = w;
    }
  }

  private PairWalk walk(int epoch) {
    return new PairWalk(corpus.words(), kept, reading.window, Draws.of(seed, 0, epoch, -1));
  }

  /** Walks through the epoch's pairs to count them; nothing is drawn beside. */
  @Override
  public int batches(int epoch) {
    PairWalk walk = walk(epoch);
    long pairs = 0;
    while (walk.next()) {
      pairs++;
    }
    return Math.toIntExact(pairs / batch);
  }

  @Override
  public int samples(int epoch) {
    return Math.multiplyExact(batches(epoch), batch);
  }

  @Override
  public Batches epoch(Device device, int epoch, int fromBatch) {
    PairWalk walk = walk(epoch);
    for (long i = 0; i < (long) fromBatch * batch; i++) {
      if (!walk.next()) {
        throw new IllegalArgumentException("epoch: there is no batch " + fromBatch);
      }
    }
    return Batches.made(
        device,
        fromBatch,
        batches(epoch),
        (scope, index) -> make(scope, index, walk, Draws.of(seed, NEGATIVES, epoch, index)));
  }

  private Batch make(Scope scope, int index, PairWalk walk, SplittableRandom random) {
    int width = 1 + reading.negatives;
    int[] centers = new int[batch];
    int[] others = new int[batch * width];
    float[] right = new float[batch * width];
    for (int i = 0; i < batch && walk.next(); i++) {
      centers[i] = walk.center();
      others[i * width] = walk.neighbor();
      right[i * width] = 1;
      for (int k = 1; k < width; k++) {
        others[i * width + k] = negative(walk.neighbor(), random);
      }
    }
    return Batch.of(
        index,
        batch,
        FIELDS,
        scope.tensor(centers, batch),
        scope.tensor(others, batch, width),
        scope.tensor(right, batch, width));
  }

  /** Draws a word that is not the neighbor itself, where there is another. */
  private int negative(int neighbor, SplittableRandom random) {
    int word = table[random.nextInt(TABLE)];
    for (int tries = 0; word == neighbor && tries < 10; tries++) {
      word = table[random.nextInt(TABLE)];
    }
    return word;
  }
}

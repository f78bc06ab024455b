package io.cortado.models.texts;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.data.Batch;
import io.cortado.data.BatchSource;
import io.cortado.data.Batches;
import io.cortado.data.Field;
import io.cortado.models.data.Draws;
import io.cortado.models.data.PaddedTexts;
import io.cortado.models.data.PaddedTexts.Padded;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts of similar lengths in each batch: in training in an order drawn anew for each epoch, with
 * some tokens unknown; else the shortest first.
 *
 * @param size texts of a batch
 * @param least how long a batch's texts are at least
 * @param training how texts are drawn; null to measure them as they are
 */
record TextBatches(PaddedTexts texts, int size, int least, @Nullable Draw training)
    implements BatchSource {

  /** The field of how long each text is, {@code [texts]}. */
  static final String LENGTHS = "lengths";

  private static final List<String> FIELDS = List.of(Field.INPUTS, LENGTHS, Field.LABELS);

  /** Tells the draws of unknown tokens from others. */
  private static final int UNKNOWN = 0;

  /**
   * How training draws.
   *
   * @param unknown of the tokens of a step, how many are read as unknown
   */
  record Draw(long seed, double unknown) {}

  @Override
  public int batches(int epoch) {
    return Math.ceilDiv(texts.size(), size);
  }

  @Override
  public int samples(int epoch) {
    return texts.size();
  }

  @Override
  public Batches epoch(Device device, int epoch, int fromBatch) {
    Draw draw = training;
    List<int[]> rows = draw == null ? texts.byLength(size) : texts.shuffled(size, draw.seed, epoch);
    return Batches.made(
        device,
        fromBatch,
        rows.size(),
        (scope, index) -> {
          Padded padded = texts.pad(rows.get(index), least);
          return of(
              scope,
              index,
              draw == null
                  ? padded
                  : padded.without(draw.unknown, Draws.of(draw.seed, UNKNOWN, epoch, index)));
        });
  }

  /** Puts a batch on a device. */
  static Batch of(Scope scope, int index, Padded p) {
    int n = p.size();
    return Batch.of(
        index,
        n,
        FIELDS,
        scope.tensor(p.ids(), n, p.length()),
        scope.tensor(p.lengths(), n),
        scope.tensor(p.labels(), n));
  }
}

package io.cortado.data;

import io.cortado.DType;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.internal.IntRange;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The host arrays of one batch: filled by one thread, uploaded by another, and filled again.
 *
 * <p>The two semaphores hand the arrays to and fro; whoever has the permit owns them.
 */
final class Slot {

  final Semaphore empty = new Semaphore(1);
  final Semaphore full = new Semaphore(0);
  private final Dataset dataset;
  private final List<Field> fields;
  private final int batchSize;
  private final EpochPlan plan;
  private final IntRange[] ranges;
  private @Nullable Row row;
  private @Nullable RuntimeException failure;

  Slot(Dataset dataset, int batchSize, EpochPlan plan) {
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.plan = plan;
    fields = dataset.fields();
    ranges = new IntRange[fields.size()];
    Arrays.fill(ranges, new IntRange(0, 0));
  }

  /** Fills every {@code stride}-th batch, each once its predecessor here was uploaded. */
  void fillAll(int firstBatch, int stride) {
    for (int b = firstBatch; b < plan.batches(); b += stride) {
      empty.acquireUninterruptibly();
      if (plan.cancelled()) {
        return;
      }
      fill(b);
      boolean failed = failure != null; // not to be looked at once the permit is away
      full.release();
      if (failed) {
        return;
      }
    }
  }

  /**
   * Lets the reading thread see that the plan was cancelled.
   *
   * <p>It is not interrupted: that would close the files that a set reads from.
   */
  void wake() {
    empty.release();
  }

  /** Reads a batch's samples; a failure is kept for who asks for the batch. */
  void fill(int batch) {
    int from = plan.start(batch);
    int to = plan.start(batch + 1);
    int position = from;
    failure = null;
    try {
      if (row == null) { // made here, so that the arrays of several slots are made at once
        row = Row.of(fields, batchSize);
      }
      for (; position < to && !plan.cancelled(); position++) {
        int sample = plan.sample(position);
        row.at(plan.seed(), plan.epoch(), sample).place(position - from);
        dataset.read(sample, row);
      }
      failure = findRanges(row, from, to);
    } catch (Throwable e) { // whatever it is, somebody waits for this batch
      String what = e instanceof DataException ? e.getMessage() : e.toString();
      failure =
          new DataException("sample " + plan.sample(position) + " cannot be read: " + what, e);
    }
  }

  private @Nullable DataException findRanges(Row filled, int from, int to) {
    for (int f = 0; f < ranges.length; f++) {
      Field field = fields.get(f);
      if (field.dtype() == DType.INT32) {
        int n = (to - from) * field.size();
        ranges[f] = IntRange.of(filled.ints(f), n);
        if (field.classes() > 0 && !ranges[f].within(0, field.classes())) {
          return outOfRange(field, filled.ints(f), from, n);
        }
      }
    }
    return null;
  }

  private DataException outOfRange(Field field, int[] values, int from, int n) {
    int i = 0;
    while (i < n - 1 && values[i] >= 0 && values[i] < field.classes()) {
      i++;
    }
    return new DataException(
        field.name()
            + ": sample "
            + plan.sample(from + i / field.size())
            + " has class "
            + values[i]
            + ", but there are "
            + field.classes()
            + " classes, 0 to "
            + (field.classes() - 1));
  }

  /** Returns why the batch could not be filled, or null. */
  @Nullable RuntimeException failure() {
    return failure;
  }

  /**
   * Makes tensors of what was filled in.
   *
   * @param shapes those of a whole batch
   * @param samples how many there are
   */
  Tensor[] upload(Scope scope, Shape[] shapes, int samples) {
    if (row == null) {
      throw new IllegalStateException("nothing was filled in");
    }
    Backend backend = scope.device().backend();
    Tensor[] tensors = new Tensor[shapes.length];
    for (int f = 0; f < shapes.length; f++) {
      Field field = fields.get(f);
      Shape shape = samples == batchSize ? shapes[f] : shapes[f].with(0, samples);
      Tensor t = scope.empty(field.dtype(), shape);
      int n = samples * field.size();
      if (field.dtype() == DType.FLOAT32) {
        backend.upload(row.floats(f), 0, t.buffer(), 0, n);
      } else {
        backend.upload(row.ints(f), 0, t.buffer(), 0, n);
        t.withKnownRange(ranges[f]);
      }
      tensors[f] = t;
    }
    return tensors;
  }
}

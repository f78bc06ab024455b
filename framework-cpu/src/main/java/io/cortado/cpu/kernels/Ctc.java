package io.cortado.cpu.kernels;

import io.cortado.backend.spec.CtcSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/**
 * The connectionist temporal classification loss and its gradient, by the forward-backward
 * recursion in the log domain.
 *
 * <p>A unit of work is a sequence. A row is the target's places at one step: a blank, the first
 * label, a blank, ..., a blank. The exponentials and logarithms of a row are taken side by side:
 * they bound it, three and one for each place and direction.
 *
 * <p>Each row is kept relative to its largest number, and how far that lies from 0 in double
 * precision, so that the digits of long sequences do not go into the size of their probability.
 */
public final class Ctc {

  private final VectorOps ops;
  private final Workers workers;
  private final FloatScratch[] scratch;
  private final DoubleScratch[] bases;

  /** Makes the kernels. */
  public Ctc(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    this.scratch = FloatScratch.each(workers.count());
    this.bases = DoubleScratch.each(workers.count());
  }

  /** The arrays of a call. */
  public record Arrays(
      float[] x,
      int xo,
      int[] targets,
      int to,
      int[] inputLengths,
      int io,
      int[] targetLengths,
      int tlo,
      float[] losses,
      int lo,
      float @Nullable [] gradient,
      int go) {}

  /** Computes each sequence's loss and its gradient. */
  public void loss(CtcSpec spec, Arrays a) {
    if (spec.batch() == 0) {
      return;
    }
    long work = (long) spec.steps() * (4L * spec.places() + spec.classes());
    int perBlock = Math.min(spec.batch(), Blocks.rows(work, Blocks.HEAVY));
    if (perBlock == spec.batch()) {
      sequences(spec, a, 0, perBlock, 0);
      return;
    }
    workers.run(
        Blocks.count(spec.batch(), perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          sequences(spec, a, first, Blocks.end(first, perBlock, spec.batch()), worker);
        });
  }

  private void sequences(CtcSpec spec, Arrays a, int first, int end, int worker) {
    int rows = a.gradient() == null ? 2 : Math.max(2, spec.steps());
    float[] memory = scratch[worker].get(CtcSequence.scratch(spec, rows));
    double[] base = bases[worker].zeros(Math.max(1, spec.steps()));
    for (int n = first; n < end; n++) {
      new CtcSequence(ops, spec, a, n, rows, memory, base).run();
    }
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.RnnKernel;
import java.util.Arrays;

/**
 * The backward pass of a recurrent layer as far as its states go.
 *
 * <p>A step takes the gates' gradients of the step after it (in the walk's order) back through the
 * recurrent weights, block by block of the state's features, and turns the blocks into its own
 * gates' gradients: one meeting of the workers a step. The gradients alternate between two slivers,
 * since other workers may still read the last ones. Bound by the FMA units.
 */
final class RnnBackward implements RnnSteps.Pass {

  /** Products of a tile before the next block's turn: a piece of the sliver stays in cache. */
  private static final int PIECE = 256;

  private final RnnKernel kernel;
  private final RnnPacking packing;
  private final RnnSteps steps;
  private final FloatScratch slivers = new FloatScratch();
  private final FloatScratch candidates = new FloatScratch();
  private final FloatScratch states = new FloatScratch();
  private final FloatScratch cells = new FloatScratch();
  private final FloatScratch[] upstream;
  private final FloatScratch[] saved;
  private final float[] zeros;

  // The call in progress: kept here so that no object is made for it.
  private RnnLayout l;
  private RnnArrays.Lengths lengths = RnnArrays.Lengths.NONE;
  private float[] dy = {};
  private int dyOff;
  private float[] packed = {};
  private float[] sliver = {};
  private float[] candidate = {};
  private float[] dh = {};
  private float[] dc = {};
  private float[] reserve = {};
  private int reserveOff;
  private boolean toStart;

  RnnBackward(RnnKernel kernel, Workers workers) {
    this.kernel = kernel;
    packing = new RnnPacking(workers);
    steps = new RnnSteps(workers);
    upstream = FloatScratch.each(workers.count());
    saved = FloatScratch.each(workers.count());
    zeros = new float[kernel.rows()];
    l = new RnnLayout(new RnnSpec(RnnSpec.Kind.TANH, 1, 1, 1, 1, 0, 1), kernel);
  }

  /**
   * Writes the gates' gradients over what the forward pass kept; the rest is products.
   *
   * @param dhOut where the gradient of the first state is wanted
   */
  void run(
      RnnLayout layout,
      RnnArrays.Lengths lengths,
      float[] dy,
      int dyOff,
      RnnArrays.Part dhn,
      RnnArrays.Part dcn,
      RnnArrays.Weights weights,
      float[] reserve,
      int reserveOff,
      float betaH,
      RnnArrays.Part dhOut,
      float betaC,
      RnnArrays.Part dcOut) {
    l = layout;
    this.lengths = lengths;
    this.dy = dy;
    this.dyOff = dyOff;
    this.reserve = reserve;
    this.reserveOff = reserveOff;
    toStart = dhOut.array() != null;
    RnnSpec s = l.spec;
    Extents.check("rnn", "the reserve", l.reserve(), reserveOff, reserve);
    packing.backward(l, weights);
    packed = packing.packed();
    sliver = slivers.get(Extents.length("rnn", 2L * l.groups * sliver()));
    candidate = candidates.get(l.isGru() ? 2 * l.groups * l.state() : 0);
    dh = states.get(l.groups * l.state());
    dc = cells.get(l.isLstm() ? l.groups * l.state() : 0);
    for (int g = 0; g < l.groups; g++) {
      first(g, dhn, dh);
      if (l.isLstm()) {
        first(g, dcn, dc);
      }
    }
    long work = (long) s.batch() * l.backDepth() * s.hidden();
    steps.run(l.groups, l.blocks, s.steps() + 1, work, this);
    give(dh, betaH, dhOut);
    give(dc, betaC, dcOut);
  }

  /** Returns the elements of a sliver of gates' gradients. */
  private int sliver() {
    return l.backDepth() * l.columns;
  }

  private void first(int group, RnnArrays.Part given, float[] to) {
    RnnSpec s = l.spec;
    int h = s.hidden();
    int at = group * l.state();
    Arrays.fill(to, at, at + l.state(), 0);
    if (given.array() != null) {
      int from = given.offset() + (int) s.stateOffset() + group * l.columns * h;
      kernel.toColumns(l.sequences(group), h, given.array(), from, h, to, at);
    }
  }

  /** Takes step number {@code steps - 1 - back} of the walk; the last call only what is left. */
  @Override
  public void step(int group, int back, int fromBlock, int toBlock, int worker) {
    RnnSpec s = l.spec;
    int k = s.steps() - 1 - back;
    if (back > 0) {
      int after = s.step(k + 1);
      write(group, after, k + 1, fromBlock, toBlock);
      if (k >= 0 || toStart) {
        products(group, after, k + 1, fromBlock, toBlock);
      }
    }
    if (k >= 0) {
      gates(group, s.step(k), k, fromBlock, toBlock, worker);
    }
  }

  // ---------------------------------------------------------------- products

  /** Takes gates' gradients back to the state before. */
  private void products(int group, int t, int k, int fromBlock, int toBlock) {
    boolean add = addsToState(group, t);
    int from = (2 * group + (k & 1)) * sliver();
    int depth = l.backDepth();
    for (int p = 0; p < depth; p += PIECE) {
      int n = Math.min(PIECE, depth - p);
      for (int b = fromBlock; b < toBlock; b++) {
        kernel.tile(
            n,
            packed,
            (b * depth + p) * l.rows,
            sliver,
            from + p * l.columns,
            add || p > 0,
            zeros,
            0,
            dh,
            group * l.state() + b * l.block);
      }
    }
  }

  /** Says whether a part of the state's gradient does not go through the product. */
  private boolean addsToState(int group, int t) {
    return l.isGru() || someOver(group, t);
  }

  private boolean someOver(int group, int t) {
    return lengths.anyOver(group * l.columns, l.sequences(group), t);
  }

  // ---------------------------------------------------------------- gates

  private void gates(int group, int t, int k, int fromBlock, int toBlock, int worker) {
    boolean over = someOver(group, t);
    float[] up = upstream[worker].get(l.state());
    outputs(group, t, fromBlock, toBlock, up, over);
    int dz = (2 * group + (k & 1)) * sliver();
    int dn = l.isGru() ? (2 * group + (k & 1)) * l.state() : 0;
    for (int b = fromBlock; b < toBlock; b++) {
      int z = reserveOff + l.keptAt(t, group, b);
      int at = b * l.block;
      int state = group * l.state() + at;
      if (over) {
        float[] before = saved[worker].get(2 * l.block);
        System.arraycopy(dh, state, before, 0, l.block);
        if (l.isLstm()) {
          System.arraycopy(dc, state, before, l.block, l.block);
        }
        gates(z, up, at, state, dz + at, dn + at);
        pass(group, t, before, state, dz + at, dn + at);
      } else {
        gates(z, up, at, state, dz + at, dn + at);
      }
    }
  }

  /** Lays out these blocks' output gradients, 0 for sequences that are over. */
  private void outputs(int group, int t, int fromBlock, int toBlock, float[] up, boolean someOver) {
    RnnSpec s = l.spec;
    int first = fromBlock * l.rows;
    int n = l.features(fromBlock, toBlock);
    int sequences = l.sequences(group);
    int stride = s.outputStride();
    int from = dyOff + (t * s.batch() + group * l.columns) * stride + s.outputOffset() + first;
    int to = first * l.columns;
    int end = toBlock * l.block;
    kernel.toColumns(sequences, n, dy, from, stride, up, to);
    Arrays.fill(up, to + n * l.columns, end, 0);
    if (someOver) {
      for (int i = 0; i < sequences; i++) {
        if (lengths.over(group * l.columns + i, t)) {
          clear(up, to + i, end);
        }
      }
    }
  }

  /** Sets one sequence's numbers to 0. */
  private void clear(float[] x, int from, int end) {
    for (int r = from; r < end; r += l.columns) {
      x[r] = 0;
    }
  }

  private void gates(int z, float[] up, int upAt, int state, int dz, int dn) {
    int stride = l.state();
    switch (l.spec.kind()) {
      case LSTM ->
          kernel.lstmBackward(reserve, z, dh, state, up, upAt, dc, state, sliver, dz, stride);
      case GRU ->
          kernel.gruBackward(reserve, z, dh, state, up, upAt, sliver, dz, stride, candidate, dn);
      case TANH -> kernel.tanhBackward(reserve, z, dh, state, up, upAt, sliver, dz);
      case RELU -> kernel.reluBackward(reserve, z, dh, state, up, upAt, sliver, dz);
    }
  }

  /** Lets the gradients of sequences that are over pass by the gates. */
  private void pass(int group, int t, float[] before, int state, int dz, int dn) {
    boolean lstm = l.isLstm();
    for (int i = 0; i < l.columns; i++) {
      boolean over = i < l.sequences(group) && lengths.over(group * l.columns + i, t);
      for (int r = i; r < l.block; r += l.columns) {
        if (over) {
          dh[state + r] = before[r];
          if (lstm) {
            dc[state + r] = before[l.block + r];
          }
          for (int slot = 0; slot < l.back; slot++) {
            sliver[dz + slot * l.state() + r] = 0;
          }
          if (l.isGru()) {
            candidate[dn + r] = 0;
          }
        } else if (!l.isGru()) {
          dh[state + r] = 0;
        }
      }
    }
  }

  // ---------------------------------------------------------------- results

  /** Writes these blocks' gates' gradients sequence by sequence, for the products to come. */
  private void write(int group, int t, int k, int fromBlock, int toBlock) {
    int h = l.spec.hidden();
    int first = fromBlock * l.rows;
    int n = l.features(fromBlock, toBlock);
    int sequences = l.sequences(group);
    int to = reserveOff + l.gradientsAt(t) + group * l.columns * l.wide + first;
    int from = (2 * group + (k & 1)) * sliver() + first * l.columns;
    boolean gru = l.isGru();
    for (int slot = 0; slot < l.back; slot++) {
      // A GRU's row has the candidate's input part third, its recurrent part last.
      int place = gru && slot == 2 ? 3 : l.tiles[slot];
      kernel.toRows(sequences, n, sliver, from + slot * l.state(), reserve, to + place * h, l.wide);
    }
    if (gru) {
      int part = (2 * group + (k & 1)) * l.state() + first * l.columns;
      kernel.toRows(sequences, n, candidate, part, reserve, to + 2 * h, l.wide);
    }
  }

  private void give(float[] from, float beta, RnnArrays.Part to) {
    float[] out = to.array();
    if (out == null) {
      return;
    }
    RnnSpec s = l.spec;
    int h = s.hidden();
    float[] rows = upstream[0].get(l.columns * h);
    for (int g = 0; g < l.groups; g++) {
      int sequences = l.sequences(g);
      kernel.toRows(sequences, h, from, g * l.state(), rows, 0, h);
      int at = to.offset() + (int) s.stateOffset() + g * l.columns * h;
      for (int i = 0; i < sequences * h; i++) {
        out[at + i] = beta == 0 ? rows[i] : rows[i] + out[at + i];
      }
    }
  }
}

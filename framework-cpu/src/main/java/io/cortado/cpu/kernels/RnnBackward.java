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
  private final AlignedScratch slivers = new AlignedScratch();
  private final FloatScratch candidates = new FloatScratch();
  private final FloatScratch states = new FloatScratch();
  private final FloatScratch cells = new FloatScratch();
  private final FloatScratch[] upstream;
  private final FloatScratch[] saved;
  private final FloatScratch[] inputs;
  private final float[] zeros;

  // The call in progress: kept here so that no object is made for it.
  private RnnLayout l;
  private RnnArrays.Lengths lengths = new RnnArrays.Lengths();
  private float[] dy = {};
  private int dyOff;
  private float[] packed = {};
  private float[] sliver = {};
  private float[] candidate = {};
  private float[] dh = {};
  private float[] dc = {};
  private float[] reserve = {};
  private int reserveOff;
  private RnnArrays.Part dx = new RnnArrays.Part();
  private boolean toStart;

  RnnBackward(RnnKernel kernel, Workers workers) {
    this.kernel = kernel;
    packing = new RnnPacking(workers);
    steps = new RnnSteps(workers);
    upstream = FloatScratch.each(workers.count());
    saved = FloatScratch.each(workers.count());
    inputs = FloatScratch.each(workers.count());
    zeros = new float[kernel.rows()];
    l = new RnnLayout(new RnnSpec(RnnSpec.Kind.TANH, 1, 1, 1, 1, 0, 1), kernel);
  }

  /**
   * Writes the gates' gradients over what the forward pass kept, where the weights' products find
   * them, and the gradients of inputs and first states where they are wanted.
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
      RnnArrays.Part dx,
      RnnArrays.Part dh0,
      RnnArrays.Part dc0) {
    l = layout;
    this.lengths = lengths;
    this.dy = dy;
    this.dyOff = dyOff;
    this.reserve = reserve;
    this.reserveOff = reserveOff;
    this.dx = dx;
    toStart = dh0.array() != null;
    RnnSpec s = l.spec;
    Extents.check("rnn", "the reserve", l.reserve(), reserveOff, reserve);
    packing.backward(l, weights, dx.array() != null);
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
    give(dh, dh0);
    give(dc, dc0);
  }

  /** Returns the elements of a sliver of gates' gradients. */
  private int sliver() {
    return l.backDepth() * l.columns;
  }

  private int sliverAt(int group, int k) {
    return AlignedScratch.FIRST + (2 * group + (k & 1)) * sliver();
  }

  private int candidateAt(int group, int k) {
    return l.isGru() ? (2 * group + (k & 1)) * l.state() : 0;
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
      if (dx.array() != null) {
        inputs(dx.array(), group, after, k + 1, fromBlock, toBlock, worker);
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
    int to = group * l.state() + fromBlock * l.block;
    product(group, k, add, fromBlock, toBlock, dh, to);
  }

  /** Multiplies the packed weights of some blocks by a sliver of gates' gradients. */
  private void product(
      int group, int k, boolean add, int fromBlock, int toBlock, float[] to, int at) {
    int from = sliverAt(group, k);
    int depth = l.backDepth();
    for (int p = 0; p < depth; p += PIECE) {
      int n = Math.min(PIECE, depth - p);
      for (int b = fromBlock; b < toBlock; b++) {
        int a = RnnPacking.backwardAt(l, b) + p * l.rows;
        int c = at + (b - fromBlock) * l.block;
        tile(n, a, sliver, from + p * l.columns, add || p > 0, to, c);
      }
    }
  }

  private void tile(int n, int a, float[] b, int bo, boolean add, float[] c, int co) {
    kernel.tile(n, packed, a, l.rows, b, bo, add, zeros, 0, c, co);
  }

  /** Takes gates' gradients back to these blocks' share of the inputs. */
  private void inputs(float[] to, int group, int t, int k, int fromBlock, int toBlock, int worker) {
    RnnSpec s = l.spec;
    int all = Extents.ceilDiv(s.input(), l.rows);
    int from = (int) ((long) all * fromBlock / l.blocks);
    int end = (int) ((long) all * toBlock / l.blocks);
    int first = from * l.rows;
    int n = Math.min(s.input(), end * l.rows) - first;
    if (n <= 0) {
      return;
    }
    float[] columns = inputs[worker].get((end - from) * l.block + l.columns * n);
    product(group, k, false, l.blocks + from, l.blocks + end, columns, 0);
    if (l.isGru()) {
      for (int b = from; b < end; b++) {
        int a = RnnPacking.backwardAt(l, l.blocks + b) + l.backDepth() * l.rows;
        tile(l.padded, a, candidate, candidateAt(group, k), true, columns, (b - from) * l.block);
      }
    }
    int sequences = l.sequences(group);
    int at = dx.offset() + (t * s.batch() + group * l.columns) * s.input() + first;
    if (dx.beta() == 0) {
      kernel.toRows(sequences, n, columns, 0, to, at, s.input());
    } else {
      int rows = (end - from) * l.block;
      kernel.toRows(sequences, n, columns, 0, columns, rows, n);
      for (int i = 0; i < sequences; i++) {
        for (int f = 0; f < n; f++) {
          to[at + i * s.input() + f] += columns[rows + i * n + f];
        }
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
    int sliverAt = sliverAt(group, k);
    int candidateAt = candidateAt(group, k);
    for (int b = fromBlock; b < toBlock; b++) {
      int z = reserveOff + l.keptAt(t, group, b);
      int at = b * l.block;
      int state = group * l.state() + at;
      int dz = sliverAt + b * l.back * l.block;
      int dn = candidateAt + at;
      if (over) {
        float[] before = saved[worker].get(2 * l.block);
        System.arraycopy(dh, state, before, 0, l.block);
        if (l.isLstm()) {
          System.arraycopy(dc, state, before, l.block, l.block);
        }
        gates(z, up, at, state, dz, dn);
        pass(group, t, before, state, dz, dn);
      } else {
        gates(z, up, at, state, dz, dn);
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
    switch (l.spec.kind()) {
      case LSTM -> kernel.lstmBackward(reserve, z, dh, state, up, upAt, dc, state, sliver, dz);
      case GRU -> kernel.gruBackward(reserve, z, dh, state, up, upAt, sliver, dz, candidate, dn);
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
            sliver[dz + slot * l.block + r] = 0;
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
    int sequences = l.sequences(group);
    int row = reserveOff + (t * l.spec.batch() + group * l.columns) * l.wide;
    int from = sliverAt(group, k);
    int features = l.back * l.rows;
    for (int b = fromBlock; b < toBlock; b++) {
      int to = row + l.gradientsAt(b);
      kernel.toRows(sequences, features, sliver, from + b * l.back * l.block, reserve, to, l.wide);
      if (l.isGru()) {
        int part = candidateAt(group, k) + b * l.block;
        kernel.toRows(sequences, l.rows, candidate, part, reserve, to + features, l.wide);
      }
    }
  }

  private void give(float[] from, RnnArrays.Part to) {
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
        out[at + i] = to.beta() == 0 ? rows[i] : rows[i] + out[at + i];
      }
    }
  }
}

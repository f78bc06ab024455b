package io.cortado.cpu.kernels;

import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.RnnKernel;
import java.util.Arrays;

/**
 * The forward pass of a recurrent layer.
 *
 * <p>A step multiplies the packed weights {@code [W, V]} by the sliver {@code [x, h]} of a group of
 * sequences, block by block of features; the gates' kernel takes a block further while it is in the
 * first-level cache, and writes the state where the next step's sliver has it. There is no product
 * of all inputs before: with packed weights it would save nothing, and its result would have to be
 * written and read again. Bound by the FMA units: a tile reads its weights once, {@code 4 rows}
 * bytes for {@code rows} x 2 multiply-adds of vectors, which the third-level cache and even memory
 * can deliver.
 */
final class RnnForward implements RnnSteps.Pass {

  private final RnnKernel kernel;
  private final RnnPacking packing;
  private final RnnSteps steps;
  private final AlignedScratch slivers = new AlignedScratch();
  private final FloatScratch cells = new FloatScratch();
  private final FloatScratch[] gates;

  // The call in progress: kept here so that no object is made for it.
  private RnnLayout l;
  private RnnArrays.Lengths lengths = new RnnArrays.Lengths();
  private float[] x = {};
  private int xOff;
  private float[] packed = {};
  private float[] bias = {};
  private float[] sliver = {};
  private float[] cell = {};
  private boolean keeps;
  private float[] reserve = {};
  private int reserveOff;
  private float[] y = {};
  private int yOff;

  RnnForward(RnnKernel kernel, Workers workers) {
    this.kernel = kernel;
    packing = new RnnPacking(workers);
    steps = new RnnSteps(workers);
    gates = FloatScratch.each(workers.count());
    l = new RnnLayout(new RnnSpec(RnnSpec.Kind.TANH, 1, 1, 1, 1, 0, 1), kernel);
  }

  /** See {@link io.cortado.backend.Backend#rnn}. */
  void run(
      RnnLayout layout,
      RnnArrays.Lengths lengths,
      float[] x,
      int xOff,
      RnnArrays.Part h0,
      RnnArrays.Part c0,
      RnnArrays.Weights weights,
      float[] y,
      int yOff,
      float[] hn,
      int hnOff,
      RnnArrays.Part cn,
      RnnArrays.Part kept) {
    l = layout;
    this.lengths = lengths;
    this.x = x;
    this.xOff = xOff;
    this.y = y;
    this.yOff = yOff;
    keeps = kept.array() != null;
    reserve = kept.array() == null ? y : kept.array();
    reserveOff = kept.offset();
    RnnSpec s = l.spec;
    if (keeps) {
      Extents.check("rnn", "the reserve", l.reserve(), reserveOff, reserve);
    }
    packing.forward(l, weights);
    packed = packing.packed();
    bias = packing.bias();
    sliver = slivers.get(Extents.length("rnn", 2L * l.groups * l.sliver()));
    cell = cells.get(l.isLstm() ? Extents.length("rnn", (long) l.groups * l.state()) : 0);
    start(h0, c0);
    steps.run(l.groups, l.blocks, s.steps(), s.multiplyAdds() / s.steps(), this);
    end(hn, hnOff, cn);
  }

  private int sliverAt(int group, int k) {
    return AlignedScratch.FIRST + (2 * group + (k & 1)) * l.sliver();
  }

  private void start(RnnArrays.Part h0, RnnArrays.Part c0) {
    RnnSpec s = l.spec;
    for (int g = 0; g < l.groups; g++) {
      int state = sliverAt(g, 0) + s.input() * l.columns;
      first(g, h0, sliver, state);
      if (l.isLstm()) {
        first(g, c0, cell, g * l.state());
      }
      inputs(g, 0, 0, l.blocks);
    }
    if (keeps) {
      int at = reserveOff + l.stateAt(s.before(s.step(0)));
      int n = (int) s.stateSize();
      if (h0.array() == null) {
        Arrays.fill(reserve, at, at + n, 0);
      } else {
        System.arraycopy(h0.array(), h0.offset() + (int) s.stateOffset(), reserve, at, n);
      }
    }
  }

  /** Lays a first state out, 0 if there is none. */
  private void first(int group, RnnArrays.Part given, float[] to, int at) {
    RnnSpec s = l.spec;
    int h = s.hidden();
    Arrays.fill(to, at, at + l.state(), 0);
    if (given.array() != null) {
      int from = given.offset() + (int) s.stateOffset() + group * l.columns * h;
      kernel.toColumns(l.sequences(group), h, given.array(), from, h, to, at);
    }
  }

  /** Lays out these blocks' share of the inputs of the step that is walked as number k. */
  private void inputs(int group, int k, int fromBlock, int toBlock) {
    RnnSpec s = l.spec;
    int in = s.input();
    int from = (int) ((long) in * fromBlock / l.blocks);
    int count = (int) ((long) in * toBlock / l.blocks) - from;
    int at = xOff + (s.step(k) * s.batch() + group * l.columns) * in + from;
    int to = sliverAt(group, k) + from * l.columns;
    kernel.toColumns(l.sequences(group), count, x, at, in, sliver, to);
  }

  @Override
  public void step(int group, int k, int fromBlock, int toBlock, int worker) {
    RnnSpec s = l.spec;
    int t = s.step(k);
    boolean someOver = lengths.anyOver(group * l.columns, l.sequences(group), t);
    float[] z = keeps ? reserve : gates[worker].get(l.slots * l.block);
    int from = sliverAt(group, k);
    int to = sliverAt(group, k + 1) + s.input() * l.columns;
    for (int b = fromBlock; b < toBlock; b++) {
      int zo = keeps ? reserveOff + l.keptAt(t, group, b) : 0;
      products(b, from, z, zo);
      int at = b * l.block;
      int before = from + s.input() * l.columns + at;
      gates(group, b, keeps || someOver, z, zo, before, to + at);
      if (someOver) {
        keepState(group, t, z, zo, before, to + at, group * l.state() + at);
      }
    }
    write(group, t, fromBlock, toBlock, to);
    if (k + 1 < s.steps()) {
      inputs(group, k + 1, fromBlock, toBlock);
    }
  }

  private void products(int b, int from, float[] z, int zo) {
    int a = b * RnnPacking.forwardSize(l);
    for (int tile = 0; tile < l.tiles.length; tile++) {
      int depth = l.depth(tile);
      kernel.tile(
          depth,
          packed,
          a,
          l.rows,
          sliver,
          from + l.depthFrom(tile) * l.columns,
          false,
          bias,
          (b * l.tiles.length + tile) * l.rows,
          z,
          zo + tile * l.block);
      a += depth * l.rows;
    }
  }

  private void gates(int group, int b, boolean keep, float[] z, int zo, int before, int after) {
    switch (l.spec.kind()) {
      case LSTM -> kernel.lstm(keep, z, zo, cell, group * l.state() + b * l.block, sliver, after);
      case GRU -> kernel.gru(keep, z, zo, sliver, before, sliver, after);
      case TANH -> kernel.tanh(z, zo, sliver, after);
      case RELU -> kernel.relu(z, zo, sliver, after);
    }
  }

  /** Gives sequences that are over the state before again. */
  private void keepState(int group, int t, float[] z, int zo, int before, int after, int cellAt) {
    for (int i = 0; i < l.sequences(group); i++) {
      if (lengths.over(group * l.columns + i, t)) {
        for (int r = i; r < l.block; r += l.columns) {
          sliver[after + r] = sliver[before + r];
          if (l.isLstm()) {
            cell[cellAt + r] = z[zo + 4 * l.block + r];
          }
        }
      }
    }
  }

  /** Writes these blocks' features of the output, and of the states that are kept. */
  private void write(int group, int t, int fromBlock, int toBlock, int from) {
    RnnSpec s = l.spec;
    int first = fromBlock * l.rows;
    int n = l.features(fromBlock, toBlock);
    int sequences = l.sequences(group);
    int stride = s.outputStride();
    int sequence = group * l.columns;
    int out = yOff + (t * s.batch() + sequence) * stride + s.outputOffset() + first;
    int in = from + first * l.columns;
    if (!keeps) {
      kernel.toRows(sequences, n, sliver, in, y, out, stride);
    } else {
      int h = s.hidden();
      int state = reserveOff + l.stateAt(s.after(t)) + sequence * h + first;
      kernel.toRows(sequences, n, sliver, in, reserve, state, h);
      for (int i = 0; i < sequences; i++) {
        System.arraycopy(reserve, state + i * h, y, out + i * stride, n);
      }
    }
    for (int i = 0; i < sequences; i++) {
      if (lengths.over(sequence + i, t)) {
        Arrays.fill(y, out + i * stride, out + i * stride + n, 0);
      }
    }
  }

  private void end(float[] hn, int hnOff, RnnArrays.Part cn) {
    RnnSpec s = l.spec;
    int h = s.hidden();
    for (int g = 0; g < l.groups; g++) {
      int at = (int) s.stateOffset() + g * l.columns * h;
      int state = sliverAt(g, s.steps()) + s.input() * l.columns;
      kernel.toRows(l.sequences(g), h, sliver, state, hn, hnOff + at, h);
      if (cn.array() != null) {
        kernel.toRows(l.sequences(g), h, cell, g * l.state(), cn.array(), cn.offset() + at, h);
      }
    }
  }
}

package io.cortado.cpu.kernels;

import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Weights in the order in which the products of a recurrent layer read them, once for all steps.
 *
 * <p>Forward, a block has for each of its tiles one sliver: the rows of both weights for the
 * features of one gate, one behind the other in k, since a step multiplies {@code [x, h]} at once.
 * Backward, a block of the state's features, or of the inputs', has one sliver over all gates,
 * features that fill up a last block among them, with 0. Bound by the stores of a transposition, a
 * thousandth of what the products cost from some ten steps on.
 */
final class RnnPacking {

  private final Workers workers;
  private final FloatScratch packed = new FloatScratch();
  private final FloatScratch bias = new FloatScratch();
  private final BlockTask forwardTask = this::forwardBlock;
  private final BlockTask backwardTask = this::backwardBlock;

  private @Nullable RnnLayout layout;
  private RnnArrays.Weights weights = new RnnArrays.Weights();
  private float[] to = {};
  private float[] biasTo = {};

  RnnPacking(Workers workers) {
    this.workers = workers;
  }

  private RnnLayout layout() {
    return Objects.requireNonNull(layout);
  }

  /** Returns the packed weights. */
  float[] packed() {
    return to;
  }

  /** Returns the packed biases, of a forward pass. */
  float[] bias() {
    return biasTo;
  }

  /** Packs for the forward pass. */
  void forward(RnnLayout l, RnnArrays.Weights w) {
    layout = l;
    weights = w;
    to = packed.get(l.blocks * forwardSize(l));
    biasTo = bias.get(l.blocks * l.tiles.length * l.rows);
    run(l, l.blocks, forwardTask);
  }

  /**
   * Packs for the backward pass.
   *
   * @param inputs whether the inputs' gradients are wanted
   */
  void backward(RnnLayout l, RnnArrays.Weights w, boolean inputs) {
    layout = l;
    weights = w;
    int blocks = l.blocks + (inputs ? Extents.ceilDiv(l.spec.input(), l.rows) : 0);
    to = packed.get(Extents.length("rnn", backwardAt(l, blocks)));
    run(l, blocks, backwardTask);
  }

  private void run(RnnLayout l, int blocks, BlockTask task) {
    if (l.spec.multiplyAdds() / l.spec.steps() / l.spec.batch() < Blocks.LIGHT) {
      for (int b = 0; b < blocks; b++) {
        task.run(b, 0);
      }
    } else {
      workers.run(blocks, task);
    }
  }

  /** Returns the elements of a block. */
  static int forwardSize(RnnLayout l) {
    return l.rows * l.spec.kind().gates() * (l.spec.input() + l.spec.hidden());
  }

  /** Returns where a block's sliver is: of the state's features, then of the inputs'. */
  static int backwardAt(RnnLayout l, int block) {
    int depth = l.backDepth();
    int inputs = Math.max(0, block - l.blocks);
    return l.rows * (block * depth + (l.isGru() ? inputs * l.padded : 0));
  }

  private void forwardBlock(int b, int worker) {
    RnnLayout l = layout();
    int in = l.spec.input();
    int h = l.spec.hidden();
    int count = l.features(b, b + 1);
    int at = b * forwardSize(l);
    for (int tile = 0; tile < l.tiles.length; tile++) {
      int row = l.tiles[tile] * h + b * l.rows;
      if (l.depthFrom(tile) == 0) {
        rows(weights.ih(), weights.ihOff() + row * in, in, count, l.rows, at);
        at += in * l.rows;
      }
      if (l.depthFrom(tile) + l.depth(tile) > in) {
        rows(weights.hh(), weights.hhOff() + row * h, h, count, l.rows, at);
        at += h * l.rows;
      }
      bias(l, tile, row, count, (b * l.tiles.length + tile) * l.rows);
    }
  }

  /** Interleaves rows of n elements; rows beyond the last are 0. */
  private void rows(float[] from, int off, int n, int count, int rows, int at) {
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      four(from, off + i * n, n, rows, at + i);
    }
    float[] t = to;
    for (; i < rows; i++) {
      int f = off + i * n;
      for (int p = 0; p < n; p++) {
        t[at + p * rows + i] = i < count ? from[f + p] : 0;
      }
    }
  }

  private void four(float[] from, int f0, int n, int rows, int at) {
    float[] t = to;
    int f1 = f0 + n;
    int f2 = f1 + n;
    int f3 = f2 + n;
    int d = at;
    for (int p = 0; p < n; p++) {
      t[d] = from[f0 + p];
      t[d + 1] = from[f1 + p];
      t[d + 2] = from[f2 + p];
      t[d + 3] = from[f3 + p];
      d += rows;
    }
  }

  private void bias(RnnLayout l, int tile, int row, int count, int at) {
    float[] ih = l.isGru() && tile == 3 ? null : weights.biasIh().array();
    float[] hh = l.isGru() && tile == 2 ? null : weights.biasHh().array();
    for (int i = 0; i < l.rows; i++) {
      float sum = 0;
      if (i < count && ih != null) {
        sum += ih[weights.biasIh().offset() + row + i];
      }
      if (i < count && hh != null) {
        sum += hh[weights.biasHh().offset() + row + i];
      }
      biasTo[at + i] = sum;
    }
  }

  private void backwardBlock(int b, int worker) {
    RnnLayout l = layout();
    int in = l.spec.input();
    int h = l.spec.hidden();
    if (b < l.blocks) {
      int count = l.features(b, b + 1);
      transposed(weights.hh(), weights.hhOff(), h, b * l.rows, count, l.back, backwardAt(l, b));
    } else {
      int first = (b - l.blocks) * l.rows;
      int count = Math.min(l.rows, in - first);
      // A GRU's third gradient in the sliver is that of the recurrent part: not for the inputs.
      int gates = l.isGru() ? 2 : l.back;
      int at = backwardAt(l, b);
      transposed(weights.ih(), weights.ihOff(), in, first, count, gates, at);
      if (l.isGru()) {
        int from = weights.ihOff() + 2 * h * in + first;
        columns(weights.ih(), from, in, h, l.padded, count, at + l.backDepth() * l.rows);
      }
    }
  }

  /** Lays out some columns of the weights in the order of the gradients' sliver. */
  private void transposed(float[] w, int off, int ld, int first, int count, int gates, int at) {
    RnnLayout l = layout();
    int h = l.spec.hidden();
    int to = at;
    for (int u = 0; u < l.padded; u += l.rows) {
      for (int slot = 0; slot < l.back; slot++) {
        int from = off + (l.tiles[slot] * h + u) * ld + first;
        columns(w, from, ld, slot < gates ? h - u : 0, l.rows, count, to);
        to += l.rows * l.rows;
      }
    }
  }

  /** Copies short rows that lie {@code ld} apart; those beyond the last are 0. */
  private void columns(float[] w, int from, int ld, int there, int n, int count, int at) {
    int rows = layout().rows;
    float[] t = to;
    for (int r = 0; r < n; r++) {
      int copied = r < there ? count : 0;
      int f = from + r * ld;
      int d = at + r * rows;
      for (int i = 0; i < copied; i++) {
        t[d + i] = w[f + i];
      }
      for (int i = copied; i < rows; i++) {
        t[d + i] = 0;
      }
    }
  }
}

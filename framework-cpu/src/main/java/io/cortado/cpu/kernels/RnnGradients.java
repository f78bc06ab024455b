package io.cortado.cpu.kernels;

import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.RnnKernel;
import io.cortado.cpu.simd.VectorOps;

/**
 * The gradients of a recurrent layer's weights: products over all steps and sequences at once.
 *
 * <p>The gates' gradients are packed already, by the pass that made them; inputs and states are
 * copied into slivers of {@link RnnKernel#columns()} features. A block of rows is summed in pieces
 * of k against all slivers, so that a piece of each gate and one sliver stay in the second-level
 * cache, and its biases are summed on the way. Bound by the FMA units. Blocks know nothing of each
 * other.
 */
final class RnnGradients {

  private static final int PIECE = 256;

  private final RnnKernel kernel;
  private final VectorOps ops;
  private final Workers workers;
  private final AlignedScratch slivers = new AlignedScratch();
  private final FloatScratch[] tiles;
  private final DoubleScratch[] sums;
  private final float[] zeros;
  private final BlockTask packTask = this::pack;
  private final BlockTask blockTask = this::block;

  // The call in progress: kept here so that no object is made for it.
  private RnnLayout l;
  private float[] x = {};
  private int xOff;
  private float[] reserve = {};
  private int reserveOff;
  private RnnArrays.Part ih = new RnnArrays.Part();
  private RnnArrays.Part hh = new RnnArrays.Part();
  private RnnArrays.Part biasIh = new RnnArrays.Part();
  private RnnArrays.Part biasHh = new RnnArrays.Part();
  private float[] packed = {};
  private int ofInputs;
  private int ofStates;

  RnnGradients(RnnKernel kernel, VectorOps ops, Workers workers) {
    this.kernel = kernel;
    this.ops = ops;
    this.workers = workers;
    tiles = FloatScratch.each(workers.count());
    sums = new DoubleScratch[workers.count()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new DoubleScratch();
    }
    zeros = new float[kernel.rows()];
    l = new RnnLayout(new RnnSpec(RnnSpec.Kind.TANH, 1, 1, 1, 1, 0, 1), kernel);
  }

  /** See {@link io.cortado.backend.Backend#rnnBackwardWeights}. */
  void run(
      RnnLayout layout,
      float[] x,
      int xOff,
      float[] reserve,
      int reserveOff,
      RnnArrays.Part dIh,
      RnnArrays.Part dHh,
      RnnArrays.Part dBiasIh,
      RnnArrays.Part dBiasHh) {
    l = layout;
    this.x = x;
    this.xOff = xOff;
    this.reserve = reserve;
    this.reserveOff = reserveOff;
    ih = dIh;
    hh = dHh;
    biasIh = dBiasIh;
    biasHh = dBiasHh;
    ofInputs = dIh.array() == null ? 0 : Extents.ceilDiv(l.spec.input(), l.columns);
    ofStates = dHh.array() == null ? 0 : Extents.ceilDiv(l.spec.hidden(), l.columns);
    int all = ofInputs + ofStates;
    packed = slivers.get(Extents.length("rnn", (long) all * l.samples * l.columns));
    if (l.spec.multiplyAdds() < Gemm.SERIAL_BELOW) {
      each(all, packTask);
      each(l.blocks, blockTask);
    } else {
      workers.run(all, packTask);
      workers.run(l.blocks, blockTask);
    }
  }

  private static void each(int n, BlockTask task) {
    for (int i = 0; i < n; i++) {
      task.run(i, 0);
    }
  }

  /** Copies some features of the inputs or of the states before each step. */
  private void pack(int sliver, int worker) {
    boolean inputs = sliver < ofInputs;
    RnnSpec s = l.spec;
    int features = inputs ? s.input() : s.hidden();
    int first = (inputs ? sliver : sliver - ofInputs) * l.columns;
    int n = Math.min(l.columns, features - first);
    float[] from = inputs ? x : reserve;
    int at = first + (inputs ? xOff : reserveOff + l.stateAt(s.before(0)));
    float[] to = packed;
    int d = sliverAt(sliver, 0);
    int width = l.columns;
    for (int i = 0; i < l.samples; i++) {
      System.arraycopy(from, at, to, d, n);
      for (int f = n; f < width; f++) {
        to[d + f] = 0;
      }
      d += width;
      at += features;
    }
  }

  private int sliverAt(int sliver, int sample) {
    return AlignedScratch.FIRST + (sliver * l.samples + sample) * l.columns;
  }

  private void block(int b, int worker) {
    int rows = reserveOff + l.gradientsAt(b);
    int all = ofInputs + ofStates;
    float[] c = tiles[worker].get(all * l.gates * l.block);
    for (int p = 0; p < l.samples; p += PIECE) {
      int n = Math.min(PIECE, l.samples - p);
      for (int sliver = 0; sliver < all; sliver++) {
        int bo = sliverAt(sliver, p);
        for (int g = 0; g < l.gates; g++) {
          if (reads(g, sliver < ofInputs)) {
            int a = rows + p * l.wide + g * l.rows;
            int co = (sliver * l.gates + g) * l.block;
            kernel.tile(n, reserve, a, l.wide, packed, bo, p > 0, zeros, 0, c, co);
          }
        }
      }
    }
    for (int sliver = 0; sliver < all; sliver++) {
      for (int g = 0; g < l.gates; g++) {
        if (reads(g, sliver < ofInputs)) {
          give(b, g, sliver, c, (sliver * l.gates + g) * l.block);
        }
      }
    }
    biases(b, rows, worker);
  }

  /** Says whether a product has a part in a sum: a GRU's candidate keeps its two apart. */
  private boolean reads(int gradient, boolean inputs) {
    return !l.isGru() || gradient != (inputs ? 2 : 3);
  }

  private void give(int b, int g, int sliver, float[] c, int co) {
    boolean inputs = sliver < ofInputs;
    RnnArrays.Part to = inputs ? ih : hh;
    float[] out = to.array();
    if (out == null) {
      return;
    }
    int features = inputs ? l.spec.input() : l.spec.hidden();
    int first = (inputs ? sliver : sliver - ofInputs) * l.columns;
    int n = Math.min(l.columns, features - first);
    int row = l.gate(g) * l.spec.hidden() + b * l.rows;
    for (int r = 0; r < l.features(b, b + 1); r++) {
      int at = to.offset() + (row + r) * features + first;
      int from = co + r * l.columns;
      if (to.beta() == 0) {
        System.arraycopy(c, from, out, at, n);
      } else {
        for (int i = 0; i < n; i++) {
          out[at + i] += c[from + i];
        }
      }
    }
  }

  private void biases(int b, int rows, int worker) {
    if (biasIh.array() == null && biasHh.array() == null) {
      return;
    }
    double[] sum = sums[worker].zeros(l.wide);
    for (int i = 0; i < l.samples; i += VectorOps.MAX_RUN) {
      int n = Math.min(VectorOps.MAX_RUN, l.samples - i);
      ops.addRows(n, l.wide, reserve, rows + i * l.wide, l.wide, sum, 0);
    }
    for (int g = 0; g < l.gates; g++) {
      int row = l.gate(g) * l.spec.hidden() + b * l.rows;
      for (int r = 0; r < l.features(b, b + 1); r++) {
        float value = (float) sum[g * l.rows + r];
        if (reads(g, true)) {
          biasIh.put(row + r, value);
        }
        if (reads(g, false)) {
          biasHh.put(row + r, value);
        }
      }
    }
  }
}

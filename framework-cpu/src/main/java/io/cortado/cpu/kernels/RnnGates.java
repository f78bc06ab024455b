package io.cortado.cpu.kernels;

import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/**
 * What a step of a recurrent layer does besides matrix products.
 *
 * <p>Sequence by sequence, so that a row of gates stays in the first cache: sums and products in
 * plain loops that the compiler vectorises, sigmoids and tanhs by {@link VectorOps}.
 */
public final class RnnGates {

  private final VectorOps ops;
  private final Workers workers;
  private final FloatScratch[] scratch;
  private final BlockTask forwardTask = this::forwardBlock;
  private final BlockTask backwardTask = this::backwardBlock;

  // The call in progress: kept here so that no object is made for it.
  private RnnSpec spec = new RnnSpec(RnnSpec.Kind.TANH, 0, 0, 0, 0, 0, 1);
  private int t;
  private int rows;
  private int @Nullable [] lengths;
  private int lengthsOff;
  private float[] kept = {};
  private int gates;
  private int before;
  private int after;
  private int cellBefore;
  private int cellAfter;
  private int candidate;
  private float[] recurrent = {};
  private int recurrentOff;
  private float @Nullable [] biasIh;
  private int biasIhOff;
  private float @Nullable [] biasHh;
  private int biasHhOff;
  private float[] out = {};
  private int outOff;
  private float[] dh = {};
  private int dhOff;
  private float[] dc = {};
  private int dcOff;

  /** Makes the kernels; used by one thread at a time. */
  public RnnGates(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
    scratch = FloatScratch.each(workers.count());
  }

  /** Sets where a step's numbers are; the first half of a call. */
  public void at(
      RnnSpec s, int t, int @Nullable [] lengths, int lengthsOff, float[] reserve, int off) {
    spec = s;
    this.t = t;
    this.lengths = lengths;
    this.lengthsOff = lengthsOff;
    kept = reserve;
    gates = off + (int) s.gatesAt(t);
    before = off + (int) s.hiddenAt(s.before(t));
    after = off + (int) s.hiddenAt(s.after(t));
    cellBefore = off + (int) s.cellAt(s.before(t));
    cellAfter = off + (int) s.cellAt(s.after(t));
    candidate = off + (int) s.candidateAt(t);
    rows = Blocks.rows(s.width(), Blocks.HEAVY);
  }

  /** See {@link io.cortado.backend.RnnCell#forward}; comes after {@link #at}. */
  public void forward(
      float[] recurrent,
      int recurrentOff,
      float @Nullable [] biasIh,
      int biasIhOff,
      float @Nullable [] biasHh,
      int biasHhOff,
      float[] y,
      int yOff) {
    this.recurrent = recurrent;
    this.recurrentOff = recurrentOff;
    this.biasIh = biasIh;
    this.biasIhOff = biasIhOff;
    this.biasHh = biasHh;
    this.biasHhOff = biasHhOff;
    out = y;
    outOff = yOff;
    run(forwardTask);
  }

  /** See {@link io.cortado.backend.RnnCell#backward}; comes after {@link #at}. */
  public void backward(
      float[] dy, int dyOff, float[] dh, int dhOff, float @Nullable [] dc, int dcOff) {
    out = dy;
    outOff = dyOff;
    this.dh = dh;
    this.dhOff = dhOff;
    this.dc = dc == null ? dh : dc;
    this.dcOff = dcOff;
    run(backwardTask);
  }

  private void run(BlockTask task) {
    int blocks = Blocks.count(spec.batch(), rows);
    if (blocks == 1) {
      task.run(0, 0);
    } else {
      workers.run(blocks, task);
    }
  }

  private boolean isOver(int row) {
    return lengths != null && t >= lengths[lengthsOff + row];
  }

  private int outputOf(int row) {
    return outOff + (t * spec.batch() + row) * spec.outputStride() + spec.outputOffset();
  }

  // ---------------------------------------------------------------- forward

  private void forwardBlock(int block, int worker) {
    int end = Math.min(spec.batch(), (block + 1) * rows);
    int n = spec.hidden();
    for (int row = block * rows; row < end; row++) {
      int y = outputOf(row);
      int h = after + row * n;
      if (isOver(row)) {
        System.arraycopy(kept, before + row * n, kept, h, n);
        if (spec.kind() == RnnSpec.Kind.LSTM) {
          System.arraycopy(kept, cellBefore + row * n, kept, cellAfter + row * n, n);
        }
        java.util.Arrays.fill(out, y, y + n, 0);
        continue;
      }
      int g = gates + row * spec.width();
      int r = recurrentOff + row * spec.width();
      switch (spec.kind()) {
        case TANH, RELU -> {
          addAll(spec.width(), g, r);
          UnaryOp op = spec.kind() == RnnSpec.Kind.TANH ? UnaryOp.TANH : UnaryOp.RELU;
          ops.unary(op, n, kept, g, kept, h);
        }
        case LSTM -> {
          addAll(spec.width(), g, r);
          lstm(n, g, row * n);
        }
        case GRU -> {
          addAll(2 * n, g, r);
          gru(n, g, r, row * n);
        }
      }
      System.arraycopy(kept, h, out, y, n);
    }
  }

  /** Adds the state's product and both biases. */
  private void addAll(int n, int g, int r) {
    float[] k = kept;
    float[] p = recurrent;
    for (int i = 0; i < n; i++) {
      k[g + i] += p[r + i];
    }
    add(biasIh, biasIhOff, n, k, g);
    add(biasHh, biasHhOff, n, k, g);
  }

  private static void add(float @Nullable [] bias, int off, int n, float[] to, int at) {
    if (bias != null) {
      for (int i = 0; i < n; i++) {
        to[at + i] += bias[off + i];
      }
    }
  }

  private void lstm(int n, int g, int at) {
    float[] k = kept;
    ops.unary(UnaryOp.SIGMOID, 2 * n, k, g, k, g);
    ops.unary(UnaryOp.TANH, n, k, g + 2 * n, k, g + 2 * n);
    ops.unary(UnaryOp.SIGMOID, n, k, g + 3 * n, k, g + 3 * n);
    int c0 = cellBefore + at;
    int c1 = cellAfter + at;
    for (int i = 0; i < n; i++) {
      k[c1 + i] = k[g + n + i] * k[c0 + i] + k[g + i] * k[g + 2 * n + i];
    }
    int h = after + at;
    ops.unary(UnaryOp.TANH, n, k, c1, k, h);
    for (int i = 0; i < n; i++) {
      k[h + i] *= k[g + 3 * n + i];
    }
  }

  private void gru(int n, int g, int r, int at) {
    float[] k = kept;
    ops.unary(UnaryOp.SIGMOID, 2 * n, k, g, k, g);
    int q = candidate + at;
    System.arraycopy(recurrent, r + 2 * n, k, q, n);
    add(biasHh, biasHhOff + 2 * n, n, k, q);
    int c = g + 2 * n;
    add(biasIh, biasIhOff + 2 * n, n, k, c);
    for (int i = 0; i < n; i++) {
      k[c + i] += k[g + i] * k[q + i];
    }
    ops.unary(UnaryOp.TANH, n, k, c, k, c);
    int h0 = before + at;
    int h1 = after + at;
    for (int i = 0; i < n; i++) {
      float z = k[g + n + i];
      k[h1 + i] = (1 - z) * k[c + i] + z * k[h0 + i];
    }
  }

  // ---------------------------------------------------------------- backward

  private void backwardBlock(int block, int worker) {
    int end = Math.min(spec.batch(), (block + 1) * rows);
    int n = spec.hidden();
    for (int row = block * rows; row < end; row++) {
      int g = gates + row * spec.width();
      if (isOver(row)) {
        java.util.Arrays.fill(kept, g, g + spec.width(), 0);
        if (spec.kind() == RnnSpec.Kind.GRU) {
          java.util.Arrays.fill(kept, candidate + row * n, candidate + (row + 1) * n, 0);
        }
        continue;
      }
      int d = dhOff + row * n;
      int y = outputOf(row);
      for (int i = 0; i < n; i++) {
        dh[d + i] += out[y + i];
      }
      switch (spec.kind()) {
        case TANH, RELU -> plainBackward(n, g, row * n, d);
        case LSTM -> lstmBackward(n, g, row * n, d, scratch[worker].get(n));
        case GRU -> gruBackward(n, g, row * n, d);
      }
    }
  }

  private void plainBackward(int n, int g, int at, int d) {
    UnaryOp op = spec.kind() == RnnSpec.Kind.TANH ? UnaryOp.TANH : UnaryOp.RELU;
    int h = after + at;
    // The outputs stand in for the inputs: where a relu's output is positive, its input is.
    ops.unaryBackward(op, n, kept, h, kept, h, dh, d, 0, kept, g);
    java.util.Arrays.fill(dh, d, d + n, 0);
  }

  private void lstmBackward(int n, int g, int at, int d, float[] tanh) {
    float[] k = kept;
    ops.unary(UnaryOp.TANH, n, k, cellAfter + at, tanh, 0);
    int c0 = cellBefore + at;
    int e = dcOff + at;
    for (int i = 0; i < n; i++) {
      float o = k[g + 3 * n + i];
      float up = dh[d + i];
      float down = dc[e + i] + up * o * (1 - tanh[i] * tanh[i]);
      float in = k[g + i];
      float forget = k[g + n + i];
      float fresh = k[g + 2 * n + i];
      k[g + i] = down * fresh * in * (1 - in);
      k[g + n + i] = down * k[c0 + i] * forget * (1 - forget);
      k[g + 2 * n + i] = down * in * (1 - fresh * fresh);
      k[g + 3 * n + i] = up * tanh[i] * o * (1 - o);
      dc[e + i] = down * forget;
      dh[d + i] = 0;
    }
  }

  private void gruBackward(int n, int g, int at, int d) {
    float[] k = kept;
    int h0 = before + at;
    int q = candidate + at;
    for (int i = 0; i < n; i++) {
      float r = k[g + i];
      float z = k[g + n + i];
      float fresh = k[g + 2 * n + i];
      float up = dh[d + i];
      float dn = up * (1 - z) * (1 - fresh * fresh);
      k[g + i] = dn * k[q + i] * r * (1 - r);
      k[g + n + i] = up * (k[h0 + i] - fresh) * z * (1 - z);
      k[g + 2 * n + i] = dn;
      k[q + i] = dn * r;
      dh[d + i] = up * z;
    }
  }
}

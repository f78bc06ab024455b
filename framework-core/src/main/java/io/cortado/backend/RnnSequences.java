package io.cortado.backend;

import static io.cortado.DType.FLOAT32;

import io.cortado.Shape;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.RnnSpec;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers made of a backend's matrix products and its {@link RnnCell}.
 *
 * <p>One product for the inputs of all steps; in each step one for the state, and one pass over the
 * gates; the weights' gradients as one product over all steps each.
 */
public final class RnnSequences {

  private final Backend backend;
  private final RnnCell cell;

  /** Makes the layers of a backend. */
  public RnnSequences(Backend backend, RnnCell cell) {
    this.backend = backend;
    this.cell = cell;
  }

  /** See {@link Backend#rnn}. */
  public void forward(
      RnnSpec s,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      RnnWeights w,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve) {
    Buffer kept = reserve;
    Buffer recurrent = null;
    try {
      kept = kept == null ? backend.allocate(FLOAT32, s.reserveSize()) : kept;
      recurrent = backend.allocate(FLOAT32, (long) s.batch() * s.width());
      int first = s.before(s.step(0));
      start(s, h0, kept, s.hiddenAt(first));
      if (s.kind() == RnnSpec.Kind.LSTM) {
        start(s, c0, kept, s.cellAt(first));
      }
      int rows = s.steps() * s.batch();
      backend.gemm(
          GemmSpec.of(rows, s.width(), s.input(), false, true), 1, x, 0, w.ih(), 0, 0, kept, 0);
      GemmSpec product = GemmSpec.of(s.batch(), s.width(), s.hidden(), false, true);
      for (int k = 0; k < s.steps(); k++) {
        int t = s.step(k);
        backend.gemm(product, 1, kept, s.hiddenAt(s.before(t)), w.hh(), 0, 0, recurrent, 0);
        cell.forward(s, t, lengths, kept, recurrent, w.biasIh(), w.biasHh(), y);
      }
      int last = s.after(s.step(s.steps() - 1));
      backend.copy(kept, s.hiddenAt(last), hn, s.stateOffset(), s.stateSize());
      if (cn != null) {
        backend.copy(kept, s.cellAt(last), cn, s.stateOffset(), s.stateSize());
      }
    } finally {
      release(recurrent);
      release(reserve == null ? kept : null);
    }
  }

  private void release(@Nullable Buffer buffer) {
    if (buffer != null) {
      backend.release(buffer);
    }
  }

  private void start(RnnSpec s, @Nullable Buffer given, Buffer to, long at) {
    if (given == null) {
      backend.fill(backend.slice(to, at, s.stateSize()), s.stateSize(), 0);
    } else {
      backend.copy(given, s.stateOffset(), to, at, s.stateSize());
    }
  }

  /** See {@link Backend#rnnBackwardData}. */
  public void backwardData(
      RnnSpec s,
      @Nullable Buffer lengths,
      Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      RnnWeights w,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0) {
    Buffer dh = null;
    Buffer dc = null;
    try {
      dh = backend.allocate(FLOAT32, s.stateSize());
      start(s, dhn, dh, 0);
      if (s.kind() == RnnSpec.Kind.LSTM) {
        dc = backend.allocate(FLOAT32, s.stateSize());
        start(s, dcn, dc, 0);
      }
      for (int k = s.steps() - 1; k >= 0; k--) {
        int t = s.step(k);
        cell.backward(s, t, lengths, reserve, dy, dh, dc);
        if (k > 0 || dh0 != null) {
          throughProduct(s, t, w.hh(), reserve, dh);
        }
      }
      if (dx != null) {
        int rows = s.steps() * s.batch();
        GemmSpec product = GemmSpec.of(rows, s.input(), s.width(), false, false);
        backend.gemm(product, 1, reserve, 0, w.ih(), 0, betaX, dx, 0);
      }
      if (dh0 != null) {
        give(s, dh, betaH, dh0);
      }
      if (dc != null && dc0 != null) {
        give(s, dc, betaC, dc0);
      }
    } finally {
      release(dh);
      release(dc);
    }
  }

  private void throughProduct(RnnSpec s, int t, Buffer hh, Buffer reserve, Buffer dh) {
    int n = s.batch();
    int h = s.hidden();
    boolean gru = s.kind() == RnnSpec.Kind.GRU;
    int width = gru ? 2 * h : s.width();
    backend.gemm(
        new GemmSpec(n, h, width, false, false, s.width(), h, h, 1, 0, 0, 0),
        1,
        reserve,
        s.gatesAt(t),
        hh,
        0,
        1,
        dh,
        0);
    if (gru) {
      backend.gemm(
          GemmSpec.of(n, h, h, false, false),
          1,
          reserve,
          s.candidateAt(t),
          hh,
          2L * h * h,
          1,
          dh,
          0);
    }
  }

  private void give(RnnSpec s, Buffer gradient, float beta, Buffer to) {
    CopySpec block =
        new CopySpec(1, s.stateSize(), 0, s.stateSize(), s.stateOffset(), s.stateSize());
    backend.copyBlock(block, gradient, beta, to);
  }

  /** See {@link Backend#rnnBackwardWeights}. */
  public void backwardWeights(
      RnnSpec s,
      Buffer x,
      Buffer reserve,
      float betaIh,
      @Nullable Buffer dIh,
      float betaHh,
      @Nullable Buffer dHh,
      float betaBiasIh,
      @Nullable Buffer dBiasIh,
      float betaBiasHh,
      @Nullable Buffer dBiasHh) {
    int rows = s.steps() * s.batch();
    boolean gru = s.kind() == RnnSpec.Kind.GRU;
    if (dIh != null) {
      GemmSpec product = GemmSpec.of(s.width(), s.input(), rows, true, false);
      backend.gemm(product, 1, reserve, 0, x, 0, betaIh, dIh, 0);
    }
    if (dHh != null) {
      recurrentWeights(s, rows, reserve, betaHh, dHh);
    }
    if (dBiasIh != null) {
      backend.reduce(sum(rows, s.width()), reserve, betaBiasIh, dBiasIh);
    }
    if (dBiasHh != null && gru) {
      candidateBias(s, rows, reserve, betaBiasHh, dBiasHh);
    } else if (dBiasHh != null) {
      backend.reduce(sum(rows, s.width()), reserve, betaBiasHh, dBiasHh);
    }
  }

  private void recurrentWeights(RnnSpec s, int rows, Buffer reserve, float beta, Buffer dHh) {
    int h = s.hidden();
    boolean gru = s.kind() == RnnSpec.Kind.GRU;
    int width = gru ? 2 * h : s.width();
    long states = s.hiddenAt(s.before(0));
    backend.gemm(
        new GemmSpec(width, h, rows, true, false, s.width(), h, h, 1, 0, 0, 0),
        1,
        reserve,
        0,
        reserve,
        states,
        beta,
        dHh,
        0);
    if (gru) {
      backend.gemm(
          GemmSpec.of(h, h, rows, true, false),
          1,
          reserve,
          s.candidateAt(0),
          reserve,
          states,
          beta,
          dHh,
          2L * h * h);
    }
  }

  /**
   * The candidate's recurrent bias is inside the reset gate's product, and has its own gradient.
   */
  private void candidateBias(RnnSpec s, int rows, Buffer reserve, float beta, Buffer dBias) {
    int h = s.hidden();
    Buffer sums = backend.allocate(FLOAT32, s.width());
    try {
      backend.reduce(sum(rows, s.width()), reserve, 0, sums);
      backend.copyBlock(new CopySpec(1, 2L * h, 0, 2L * h, 0, 2L * h), sums, beta, dBias);
      Buffer candidates = backend.slice(reserve, s.candidateAt(0), (long) rows * h);
      backend.reduce(sum(rows, h), candidates, 0, sums);
      backend.copyBlock(new CopySpec(1, h, 0, h, 2L * h, h), sums, beta, dBias);
    } finally {
      backend.release(sums);
    }
  }

  private static ReduceSpec sum(int rows, int width) {
    return new ReduceSpec(ReduceOp.SUM, Shape.of(rows, width), Shape.of(width));
  }
}

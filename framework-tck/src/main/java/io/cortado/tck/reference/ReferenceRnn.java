package io.cortado.tck.reference;

import io.cortado.backend.spec.RnnSpec;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a recurrent layer, one sequence after the other, each walked from its own first
 * or last step.
 */
public final class ReferenceRnn {

  /**
   * The weights; a bias of null is 0.
   *
   * @param ih {@code [gates * hidden, input]}
   * @param hh {@code [gates * hidden, hidden]}
   */
  public record Weights(
      double[] ih, double[] hh, double @Nullable [] biasIh, double @Nullable [] biasHh) {}

  /**
   * Output {@code [steps, batch, hidden]} of this direction alone, and final states {@code [batch,
   * hidden]}.
   */
  public record Output(double[] y, double[] h, double[] c) {}

  /** All gradients, those of the weights included. */
  public record Gradients(
      double[] x,
      double[] h0,
      double[] c0,
      double[] ih,
      double[] hh,
      double[] biasIh,
      double[] biasHh) {}

  /** Inputs and first states {@code [batch, hidden]}; lengths of null are all the steps. */
  public record Inputs(int @Nullable [] lengths, double[] x, double[] h0, double[] c0) {}

  /** What one step of one sequence saw and made. */
  private record Moment(
      int t,
      double[] h,
      double[] c,
      double[] gates,
      double[] recurrent,
      double[] hNew,
      double[] cNew) {}

  private ReferenceRnn() {}

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double bias(double @Nullable [] bias, int i) {
    return bias == null ? 0 : bias[i];
  }

  private static Moment moment(
      RnnSpec s, Inputs in, Weights w, int row, int t, double[] h, double[] c) {
    int n = s.hidden();
    double[] fromInput = new double[s.width()];
    double[] fromState = new double[s.width()];
    for (int g = 0; g < s.width(); g++) {
      fromInput[g] = bias(w.biasIh(), g);
      for (int i = 0; i < s.input(); i++) {
        fromInput[g] += w.ih()[g * s.input() + i] * in.x()[(t * s.batch() + row) * s.input() + i];
      }
      fromState[g] = bias(w.biasHh(), g);
      for (int j = 0; j < n; j++) {
        fromState[g] += w.hh()[g * n + j] * h[j];
      }
    }
    double[] gates = new double[s.width()];
    double[] hNew = new double[n];
    double[] cNew = new double[n];
    for (int j = 0; j < n; j++) {
      switch (s.kind()) {
        case TANH -> hNew[j] = Math.tanh(fromInput[j] + fromState[j]);
        case RELU -> {
          gates[j] = fromInput[j] + fromState[j];
          hNew[j] = Math.max(0, gates[j]);
        }
        case LSTM -> {
          for (int k = 0; k < 4; k++) {
            int g = k * n + j;
            double sum = fromInput[g] + fromState[g];
            gates[g] = k == 2 ? Math.tanh(sum) : sigmoid(sum);
          }
          cNew[j] = gates[n + j] * c[j] + gates[j] * gates[2 * n + j];
          hNew[j] = gates[3 * n + j] * Math.tanh(cNew[j]);
        }
        case GRU -> {
          gates[j] = sigmoid(fromInput[j] + fromState[j]);
          gates[n + j] = sigmoid(fromInput[n + j] + fromState[n + j]);
          gates[2 * n + j] = Math.tanh(fromInput[2 * n + j] + gates[j] * fromState[2 * n + j]);
          hNew[j] = (1 - gates[n + j]) * gates[2 * n + j] + gates[n + j] * h[j];
        }
      }
    }
    return new Moment(t, h, c, gates, fromState, hNew, cNew);
  }

  private static Moment[] walk(RnnSpec s, Inputs in, Weights w, int row) {
    int length = in.lengths() == null ? s.steps() : in.lengths()[row];
    Moment[] moments = new Moment[length];
    double[] h = part(in.h0(), row, s.hidden());
    double[] c = part(in.c0(), row, s.hidden());
    for (int k = 0; k < length; k++) {
      int t = s.reverse() ? length - 1 - k : k;
      moments[k] = moment(s, in, w, row, t, h, c);
      h = moments[k].hNew();
      c = moments[k].cNew();
    }
    return moments;
  }

  private static double[] part(double[] all, int row, int n) {
    return java.util.Arrays.copyOfRange(all, row * n, (row + 1) * n);
  }

  /**
   * Returns how near a rectified unit comes to 0, where its slope jumps: what is rounded
   * differently by less is on the same side.
   */
  public static double margin(RnnSpec s, Inputs in, Weights w) {
    double nearest = Double.POSITIVE_INFINITY;
    for (int row = 0; row < s.batch(); row++) {
      for (Moment m : walk(s, in, w, row)) {
        for (double sum : m.gates()) {
          nearest = Math.min(nearest, Math.abs(sum));
        }
      }
    }
    return nearest;
  }

  /** Returns outputs and final states. */
  public static Output forward(RnnSpec s, Inputs in, Weights w) {
    int n = s.hidden();
    double[] y = new double[s.steps() * s.batch() * n];
    double[] hn = new double[s.batch() * n];
    double[] cn = new double[s.batch() * n];
    for (int row = 0; row < s.batch(); row++) {
      Moment[] moments = walk(s, in, w, row);
      for (Moment m : moments) {
        System.arraycopy(m.hNew(), 0, y, (m.t() * s.batch() + row) * n, n);
      }
      System.arraycopy(moments[moments.length - 1].hNew(), 0, hn, row * n, n);
      System.arraycopy(moments[moments.length - 1].cNew(), 0, cn, row * n, n);
    }
    return new Output(y, hn, cn);
  }

  /** Returns all gradients for those of the output and of the final states. */
  public static Gradients backward(RnnSpec s, Inputs in, Weights w, Output up) {
    int n = s.hidden();
    Gradients d =
        new Gradients(
            new double[s.steps() * s.batch() * s.input()],
            new double[s.batch() * n],
            new double[s.batch() * n],
            new double[s.width() * s.input()],
            new double[s.width() * n],
            new double[s.width()],
            new double[s.width()]);
    for (int row = 0; row < s.batch(); row++) {
      Moment[] moments = walk(s, in, w, row);
      double[] dh = part(up.h(), row, n);
      double[] dc = part(up.c(), row, n);
      for (int k = moments.length - 1; k >= 0; k--) {
        Moment m = moments[k];
        for (int j = 0; j < n; j++) {
          dh[j] += up.y()[(m.t() * s.batch() + row) * n + j];
        }
        dh = back(s, in, w, row, m, dh, dc, d);
      }
      System.arraycopy(dh, 0, d.h0(), row * n, n);
      System.arraycopy(dc, 0, d.c0(), row * n, n);
    }
    return d;
  }

  /** Goes back one step: returns the gradient of the state before, and changes dc to that. */
  private static double[] back(
      RnnSpec s, Inputs in, Weights w, int row, Moment m, double[] dh, double[] dc, Gradients d) {
    int n = s.hidden();
    double[] dInput = new double[s.width()];
    double[] dState = new double[s.width()];
    double[] before = new double[n];
    double[] a = m.gates();
    for (int j = 0; j < n; j++) {
      switch (s.kind()) {
        case TANH -> dInput[j] = dh[j] * (1 - m.hNew()[j] * m.hNew()[j]);
        case RELU -> dInput[j] = m.hNew()[j] > 0 ? dh[j] : 0;
        case LSTM -> {
          double tanh = Math.tanh(m.cNew()[j]);
          double cell = dc[j] + dh[j] * a[3 * n + j] * (1 - tanh * tanh);
          dInput[j] = cell * a[2 * n + j] * a[j] * (1 - a[j]);
          dInput[n + j] = cell * m.c()[j] * a[n + j] * (1 - a[n + j]);
          dInput[2 * n + j] = cell * a[j] * (1 - a[2 * n + j] * a[2 * n + j]);
          dInput[3 * n + j] = dh[j] * tanh * a[3 * n + j] * (1 - a[3 * n + j]);
          dc[j] = cell * a[n + j];
        }
        case GRU -> {
          double z = a[n + j];
          double candidate = a[2 * n + j];
          double inner = dh[j] * (1 - z) * (1 - candidate * candidate);
          dInput[j] = inner * m.recurrent()[2 * n + j] * a[j] * (1 - a[j]);
          dInput[n + j] = dh[j] * (m.h()[j] - candidate) * z * (1 - z);
          dInput[2 * n + j] = inner;
          dState[2 * n + j] = inner * a[j];
          before[j] = dh[j] * z;
        }
      }
    }
    int same = s.kind() == RnnSpec.Kind.GRU ? 2 * n : s.width();
    System.arraycopy(dInput, 0, dState, 0, same);
    for (int g = 0; g < s.width(); g++) {
      for (int i = 0; i < s.input(); i++) {
        int at = (m.t() * s.batch() + row) * s.input() + i;
        d.x()[at] += dInput[g] * w.ih()[g * s.input() + i];
        d.ih()[g * s.input() + i] += dInput[g] * in.x()[at];
      }
      for (int j = 0; j < n; j++) {
        before[j] += dState[g] * w.hh()[g * n + j];
        d.hh()[g * n + j] += dState[g] * m.h()[j];
      }
      d.biasIh()[g] += dInput[g];
      d.biasHh()[g] += dState[g];
    }
    return before;
  }
}

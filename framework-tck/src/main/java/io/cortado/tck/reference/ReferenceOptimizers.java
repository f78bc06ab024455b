package io.cortado.tck.reference;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.SgdSpec;
import org.jspecify.annotations.Nullable;

/** Steps of optimizers, in place. */
public final class ReferenceOptimizers {

  private ReferenceOptimizers() {}

  /** Takes a step of stochastic gradient descent, counted from 1. */
  public static void sgd(
      SgdSpec s,
      double[] hyper,
      long step,
      double[] param,
      double[] grad,
      double @Nullable [] momentum) {
    for (int i = 0; i < s.n(); i++) {
      double g = grad[i] + s.weightDecay() * param[i];
      if (momentum != null) {
        momentum[i] = step == 1 ? g : s.momentum() * momentum[i] + (1 - (double) s.dampening()) * g;
        g = s.nesterov() ? g + s.momentum() * momentum[i] : momentum[i];
      }
      param[i] -= hyper[SgdSpec.LR] * g;
    }
  }

  /** Takes a step of Adam or AdamW, counted from 1. */
  public static void adam(
      AdamSpec s,
      double[] hyper,
      long step,
      double[] param,
      double[] grad,
      double[] m,
      double[] v) {
    for (int i = 0; i < s.n(); i++) {
      double g = grad[i];
      if (s.decoupled()) {
        param[i] *= hyper[AdamSpec.DECAY_FACTOR];
      } else {
        g += s.weightDecay() * param[i];
      }
      m[i] = s.beta1() * m[i] + (1 - s.beta1()) * g;
      v[i] = s.beta2() * v[i] + (1 - s.beta2()) * g * g;
      double denominator = Math.sqrt(v[i] / s.correction2(step)) + s.eps();
      param[i] -= hyper[AdamSpec.LR] / s.correction1(step) * m[i] / denominator;
    }
  }

  /** Scales x in place so that its norm is at most the given one, and returns the norm before. */
  public static double clipNorm(double maxNorm, double[] x) {
    double norm = norm(x);
    double factor = Math.min(1, maxNorm / (norm + 1e-6));
    for (int i = 0; i < x.length; i++) {
      x[i] = x[i] == 0 ? x[i] : x[i] * factor;
    }
    return norm;
  }

  /** Returns the Euclidean norm. */
  public static double norm(double[] x) {
    double squares = 0;
    for (double v : x) {
      squares += v * v;
    }
    return Math.sqrt(squares);
  }
}

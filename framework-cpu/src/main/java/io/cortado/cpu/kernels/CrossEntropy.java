package io.cortado.cpu.kernels;

import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy, loss and gradient in one pass.
 *
 * <p>Each row is {@code loss = -sum over c of q[c] log p[c]} with p the softmax of the logits, and
 * its gradient {@code p sum(q) - q}. The target distribution q of a class index t is {@code w[t] (1
 * - s)} at t and {@code w[c] s / classes} more everywhere, s being the label smoothing; that of
 * class probabilities t is {@code w[c] (t[c] (1 - s) + s / classes)}.
 */
public final class CrossEntropy {

  private final CrossEntropyPass pass;
  private final Workers workers;

  /** Makes the kernels. */
  public CrossEntropy(VectorOps ops, Workers workers) {
    this.pass = new CrossEntropyPass(ops, workers.count());
    this.workers = workers;
  }

  /** Computes the loss against class indices; weight and grad may be null. */
  public void indices(
      CrossEntropySpec spec,
      float[] x,
      int xo,
      int[] targets,
      int to,
      float @Nullable [] weight,
      int wo,
      float[] loss,
      int lo,
      float @Nullable [] grad,
      int go) {
    pass.begin(spec, totalWeight(spec, targets, to, weight, wo), x, xo, weight, wo, loss, lo);
    pass.targets(targets, null, to);
    run(grad, go);
  }

  /** Computes the loss against class probabilities; weight and grad may be null. */
  public void probabilities(
      CrossEntropySpec spec,
      float[] x,
      int xo,
      float[] targets,
      int to,
      float @Nullable [] weight,
      int wo,
      float[] loss,
      int lo,
      float @Nullable [] grad,
      int go) {
    pass.begin(spec, spec.rows(), x, xo, weight, wo, loss, lo);
    pass.targets(null, targets, to);
    run(grad, go);
  }

  private void run(float @Nullable [] grad, int go) {
    pass.gradient(grad, go);
    workers.run(pass.blocks(), pass);
    pass.end();
  }

  /** Returns the weights of all targets that count, which a mean is divided by. */
  private static double totalWeight(
      CrossEntropySpec spec, int[] targets, int to, float @Nullable [] weight, int wo) {
    double total = 0;
    for (int i = 0; i < spec.rows(); i++) {
      int t = targets[to + i];
      if (t == spec.ignoreIndex()) {
        continue;
      }
      if (t < 0 || t >= spec.classes()) {
        throw new IndexOutOfBoundsException(
            "crossEntropy: target %d is %d, but the logits have classes 0 to %d; correct the label, or set ignoreIndex to leave it out"
                .formatted(i, t, spec.classes() - 1));
      }
      total += weight == null ? 1 : weight[wo + t];
    }
    return total;
  }
}

package io.cortado.tck.reference;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import org.jspecify.annotations.Nullable;

/** What training needs besides, of {@link ReferenceBackend}. */
abstract class ReferenceTrainingOps extends ReferenceSequenceOps {

  // ---------------------------------------------------------------- softmax and losses

  @Override
  public void softmax(SoftmaxSpec s, Buffer x, Buffer y) {
    of(y).set(ReferenceSoftmax.forward(s, doubles(x, s.axis().size())));
  }

  @Override
  public void softmaxBackward(SoftmaxSpec s, Buffer y, Buffer dy, float beta, Buffer dx) {
    long n = s.axis().size();
    of(dx).set(ReferenceSoftmax.backward(s, doubles(y, n), doubles(dy, n)), beta);
  }

  private static void set(ReferenceLoss.Result r, Buffer loss, @Nullable Buffer grad) {
    of(loss).set(r.loss());
    if (grad != null) {
      of(grad).set(r.grad());
    }
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec s,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    double[] x = doubles(logits, s.rows() * s.classes());
    int[] t = of(targets).ints(s.rows());
    set(ReferenceLoss.crossEntropy(s, x, t, doublesOrNull(weight, s.classes())), loss, grad);
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec s,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    double[] x = doubles(logits, s.rows() * s.classes());
    double[] t = doubles(targets, x.length);
    double[] w = doublesOrNull(weight, s.classes());
    set(ReferenceLoss.crossEntropyProbabilities(s, x, t, w), loss, grad);
  }

  @Override
  public void pointwiseLoss(
      PointwiseLossSpec s,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer posWeight,
      Buffer loss,
      @Nullable Buffer grad) {
    long n = s.n();
    set(
        ReferenceLoss.pointwise(
            s,
            doubles(x, n),
            doubles(target, n),
            doublesOrNull(weight, n),
            doublesOrNull(posWeight, n)),
        loss,
        grad);
  }

  // ---------------------------------------------------------------- random numbers

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    int[] words = of(step).ints(2);
    of(y).set(Philox.dropout(key, words[0], words[1], p, doubles(x, n)), beta);
  }

  @Override
  public void random(RandomSpec s, RandomKey key, Buffer step, Buffer y) {
    int[] words = of(step).ints(2);
    float[] numbers = ReferenceRandom.numbers(s, key, words[0], words[1]);
    of(y).set(0, numbers, 0, numbers.length);
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    int[] words = of(step).ints(2);
    int[] numbers =
        ReferenceRandom.integers(key, words[0], words[1], low, range, Math.toIntExact(n));
    of(y).set(0, numbers, 0, numbers.length);
  }

  // ---------------------------------------------------------------- optimizers

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    if (!isSet(skip)) {
      long next = number(counter) + 1;
      of(counter).set(0, new int[] {(int) next, (int) (next >>> 32)}, 0, 2);
    }
  }

  private static long number(Buffer counter) {
    int[] words = of(counter).ints(2);
    return Integer.toUnsignedLong(words[0]) | (long) words[1] << 32;
  }

  private static boolean isSet(@Nullable Buffer flag) {
    return flag != null && doubles(flag, 1)[0] != 0;
  }

  @Override
  public void sgd(
      SgdSpec s,
      Buffer hyper,
      @Nullable Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      @Nullable Buffer momentum) {
    if (isSet(skip)) {
      return;
    }
    long t = step == null ? 1 : number(step);
    double[] p = doubles(param, s.n());
    double[] b = null;
    if (momentum != null) {
      b = doubles(momentum, s.n());
    }
    ReferenceOptimizers.sgd(s, doubles(hyper, SgdSpec.COUNT), t, p, doubles(grad, s.n()), b);
    of(param).set(p);
    if (momentum != null && b != null) {
      of(momentum).set(b);
    }
  }

  @Override
  public void adam(
      AdamSpec s,
      Buffer hyper,
      Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      Buffer m,
      Buffer v) {
    if (isSet(skip)) {
      return;
    }
    double[] p = doubles(param, s.n());
    double[] m1 = doubles(m, s.n());
    double[] v1 = doubles(v, s.n());
    double[] h = doubles(hyper, AdamSpec.COUNT);
    ReferenceOptimizers.adam(s, h, number(step), p, doubles(grad, s.n()), m1, v1);
    of(param).set(p);
    of(m).set(m1);
    of(v).set(v1);
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    double[] values = doubles(x, n);
    of(norm).set(new double[] {ReferenceOptimizers.clipNorm(maxNorm, values)});
    of(x).set(values);
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    of(norm).set(new double[] {ReferenceOptimizers.norm(doubles(x, n))});
  }

  // ---------------------------------------------------------------- loss scaling

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    double[] s = doubles(state, LossScaleSpec.COUNT);
    double[] values = doubles(x, n);
    ReferenceLossScale.unscale(values, s);
    of(x).set(values);
    of(state).set(s);
  }

  @Override
  public void updateScale(LossScaleSpec spec, Buffer state) {
    double[] s = doubles(state, LossScaleSpec.COUNT);
    ReferenceLossScale.update(spec, s);
    of(state).set(s);
  }
}

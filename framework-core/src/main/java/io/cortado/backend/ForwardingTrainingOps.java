package io.cortado.backend;

import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import org.jspecify.annotations.Nullable;

/** What training needs besides, of {@link ForwardingBackend}. */
abstract class ForwardingTrainingOps extends ForwardingSequenceOps {

  ForwardingTrainingOps(Backend delegate) {
    super(delegate);
  }

  // ---------------------------------------------------------------- softmax and losses

  @Override
  public void softmax(SoftmaxSpec spec, Buffer x, Buffer y) {
    call("softmax", () -> delegate.softmax(spec, x, y));
  }

  @Override
  public void softmaxBackward(SoftmaxSpec spec, Buffer y, Buffer dy, float beta, Buffer dx) {
    call("softmaxBackward", () -> delegate.softmaxBackward(spec, y, dy, beta, dx));
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    call("crossEntropy", () -> delegate.crossEntropy(spec, logits, targets, weight, loss, grad));
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    call(
        "crossEntropyProbabilities",
        () -> delegate.crossEntropyProbabilities(spec, logits, targets, weight, loss, grad));
  }

  @Override
  public void pointwiseLoss(
      PointwiseLossSpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer posWeight,
      Buffer loss,
      @Nullable Buffer grad) {
    call(
        "pointwiseLoss",
        () -> delegate.pointwiseLoss(spec, x, target, weight, posWeight, loss, grad));
  }

  // ---------------------------------------------------------------- random numbers

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    call("dropout", () -> delegate.dropout(key, step, p, n, x, beta, y));
  }

  @Override
  public void random(RandomSpec spec, RandomKey key, Buffer step, Buffer y) {
    call("random", () -> delegate.random(spec, key, step, y));
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    call("randomInts", () -> delegate.randomInts(key, step, low, range, n, y));
  }

  // ---------------------------------------------------------------- optimizers

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    call("advance", () -> delegate.advance(counter, skip));
  }

  @Override
  public void sgd(
      SgdSpec spec,
      Buffer hyper,
      @Nullable Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      @Nullable Buffer momentum) {
    call("sgd", () -> delegate.sgd(spec, hyper, step, skip, param, grad, momentum));
  }

  @Override
  public void adam(
      AdamSpec spec,
      Buffer hyper,
      Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      Buffer m,
      Buffer v) {
    call("adam", () -> delegate.adam(spec, hyper, step, skip, param, grad, m, v));
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    call("clipNorm", () -> delegate.clipNorm(n, maxNorm, x, norm));
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    call("vectorNorm", () -> delegate.vectorNorm(n, x, norm));
  }

  // ---------------------------------------------------------------- loss scaling

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    call("unscale", () -> delegate.unscale(n, x, state));
  }

  @Override
  public void updateScale(LossScaleSpec spec, Buffer state) {
    call("updateScale", () -> delegate.updateScale(spec, state));
  }
}

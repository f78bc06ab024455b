package io.cortado.tck;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import org.jspecify.annotations.Nullable;

/** What training needs besides, of {@link FaultyBackend}. */
abstract class FaultyTrainingOps extends FaultySequenceOps {

  FaultyTrainingOps(Backend delegate, Fault fault) {
    super(delegate, fault);
  }

  // ---------------------------------------------------------------- softmax and losses

  @Override
  public void softmax(SoftmaxSpec s, Buffer x, Buffer y) {
    spoil("softmax", 0, y, s.axis().size(), NO_BETA, () -> super.softmax(s, x, y));
  }

  @Override
  public void softmaxBackward(SoftmaxSpec s, Buffer y, Buffer dy, float beta, Buffer dx) {
    float b = beta("softmaxBackward", 0, beta);
    long n = s.axis().size();
    spoil("softmaxBackward", 0, dx, n, beta, () -> super.softmaxBackward(s, y, dy, b, dx));
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec s,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    boolean first = fault.output() == 0;
    long losses = s.reduction() == Reduction.NONE ? s.rows() : 1;
    spoil(
        "crossEntropy",
        fault.output(),
        first ? loss : grad,
        first ? losses : s.rows() * s.classes(),
        NO_BETA,
        () -> super.crossEntropy(s, logits, targets, weight, loss, grad));
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec s,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    boolean first = fault.output() == 0;
    long losses = s.reduction() == Reduction.NONE ? s.rows() : 1;
    spoil(
        "crossEntropyProbabilities",
        fault.output(),
        first ? loss : grad,
        first ? losses : s.rows() * s.classes(),
        NO_BETA,
        () -> super.crossEntropyProbabilities(s, logits, targets, weight, loss, grad));
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
    boolean first = fault.output() == 0;
    spoil(
        "pointwiseLoss",
        fault.output(),
        first ? loss : grad,
        first && s.reduction() != Reduction.NONE ? 1 : s.n(),
        NO_BETA,
        () -> super.pointwiseLoss(s, x, target, weight, posWeight, loss, grad));
  }

  // ---------------------------------------------------------------- random numbers

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    float b = beta("dropout", 0, beta);
    spoil("dropout", 0, y, n, beta, () -> super.dropout(key, step, p, n, x, b, y));
  }

  @Override
  public void random(RandomSpec s, RandomKey key, Buffer step, Buffer y) {
    spoil("random", 0, y, s.n(), NO_BETA, () -> super.random(s, key, step, y));
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    super.randomInts(key, step, low, range, n, y);
    if (fault.operation().equals("randomInts") && n > 0) {
      int[] last = new int[1];
      download(y, n - 1, last, 0, 1);
      last[0]++;
      upload(last, 0, y, n - 1, 1);
    }
  }

  // ---------------------------------------------------------------- optimizers

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    super.advance(counter, skip);
    if (fault.operation().equals("advance")) {
      upload(new int[] {-1}, 0, counter, fault.output(), 1);
    }
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
    @Nullable Buffer out = fault.output() == 0 ? param : momentum;
    Runnable call = () -> super.sgd(s, hyper, step, skip, param, grad, momentum);
    spoil("sgd", fault.output(), out, s.n(), NO_BETA, call);
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
    Buffer out = fault.output() == 0 ? param : fault.output() == 1 ? m : v;
    Runnable call = () -> super.adam(s, hyper, step, skip, param, grad, m, v);
    spoil("adam", fault.output(), out, s.n(), NO_BETA, call);
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    boolean first = fault.output() == 0;
    Runnable call = () -> super.clipNorm(n, maxNorm, x, norm);
    spoil("clipNorm", fault.output(), first ? x : norm, first ? n : 1, NO_BETA, call);
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    spoil("vectorNorm", 0, norm, 1, NO_BETA, () -> super.vectorNorm(n, x, norm));
  }

  // ---------------------------------------------------------------- loss scaling

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    boolean first = fault.output() == 0;
    Runnable call = () -> super.unscale(n, x, state);
    // Of the state, the flag is the last number that may change.
    long extent = first ? n : LossScaleSpec.FOUND + 1;
    spoil("unscale", fault.output(), first ? x : state, extent, NO_BETA, call);
  }

  @Override
  public void updateScale(LossScaleSpec s, Buffer state) {
    Runnable call = () -> super.updateScale(s, state);
    spoil("updateScale", 0, state, LossScaleSpec.COUNT, NO_BETA, call);
  }
}

package io.cortado.cuda;

import io.cortado.backend.Buffer;
import io.cortado.backend.MathPrecision;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.cuda.dnn.Limits;
import io.cortado.cuda.kernels.LossKernels;
import io.cortado.cuda.kernels.LossScaleKernels;
import io.cortado.cuda.kernels.OptimizerKernels;
import io.cortado.cuda.kernels.RandomKernels;
import org.jspecify.annotations.Nullable;

/** What training needs besides, of {@link CudaBackend}. */
abstract class CudaTrainingOps extends CudaSequenceOps {

  private final LossKernels losses;
  private final RandomKernels random;
  private final OptimizerKernels optimizers;
  private final LossScaleKernels lossScaling;

  CudaTrainingOps(
      CudaContext context, MathPrecision precision, CtcChoice ctcChoice, Limits limits) {
    super(context, precision, ctcChoice, limits);
    losses = new LossKernels(kernels);
    random = new RandomKernels(kernels);
    optimizers = new OptimizerKernels(kernels);
    lossScaling = new LossScaleKernels(kernels);
  }

  // ---------------------------------------------------------------- softmax and losses

  @Override
  public void softmax(SoftmaxSpec spec, Buffer x, Buffer y) {
    context.enter();
    dnn.softmax(spec, x, y);
  }

  @Override
  public void softmaxBackward(SoftmaxSpec spec, Buffer y, Buffer dy, float beta, Buffer dx) {
    context.enter();
    dnn.softmaxBackward(spec, y, dy, beta, dx);
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    context.enter();
    losses.crossEntropy(spec, logits, targets, null, weight, loss, grad);
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    context.enter();
    losses.crossEntropy(spec, logits, null, targets, weight, loss, grad);
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
    context.enter();
    losses.pointwiseLoss(spec, x, target, weight, posWeight, loss, grad);
  }

  // ---------------------------------------------------------------- random numbers

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    context.enter();
    random.dropout(key, step, p, n, x, beta, y);
  }

  @Override
  public void random(RandomSpec spec, RandomKey key, Buffer step, Buffer y) {
    context.enter();
    random.random(spec, key, step, y);
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    context.enter();
    random.randomInts(key, step, low, range, n, y);
  }

  // ---------------------------------------------------------------- optimizers

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    context.enter();
    optimizers.advance(counter, skip);
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
    context.enter();
    optimizers.sgd(spec, hyper, step, skip, param, grad, momentum);
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
    context.enter();
    optimizers.adam(spec, hyper, step, skip, param, grad, m, v);
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    context.enter();
    optimizers.clipNorm(n, maxNorm, x, norm);
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    context.enter();
    optimizers.vectorNorm(n, x, norm);
  }

  // ---------------------------------------------------------------- loss scaling

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    context.enter();
    lossScaling.unscale(n, x, state);
  }

  @Override
  public void updateScale(LossScaleSpec spec, Buffer state) {
    context.enter();
    lossScaling.update(spec, state);
  }
}

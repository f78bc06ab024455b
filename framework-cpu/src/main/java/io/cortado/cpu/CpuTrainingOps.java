package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.floatsOrNull;
import static io.cortado.cpu.Unpack.ints;
import static io.cortado.cpu.Unpack.offset;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.cpu.kernels.CrossEntropy;
import io.cortado.cpu.kernels.Dropout;
import io.cortado.cpu.kernels.LossScaling;
import io.cortado.cpu.kernels.Optimizers;
import io.cortado.cpu.kernels.PointwiseLoss;
import io.cortado.cpu.kernels.RandomNumbers;
import io.cortado.cpu.kernels.Softmax;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.Simd;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/** What training needs besides, of {@link CpuBackend}: unpacks buffers for the kernels. */
abstract class CpuTrainingOps extends CpuSequenceOps {

  private final Softmax softmax;
  private final CrossEntropy crossEntropy;
  private final PointwiseLoss pointwiseLoss;
  private final Dropout dropout;
  private final RandomNumbers random;
  private final Optimizers optimizers;
  private final LossScaling lossScaling;

  CpuTrainingOps(Simd simd, Workers workers) {
    super(simd, workers);
    VectorOps ops = simd.ops();
    softmax = new Softmax(ops, workers);
    crossEntropy = new CrossEntropy(ops, workers);
    pointwiseLoss = new PointwiseLoss(ops, workers);
    dropout = new Dropout(ops, workers);
    random = new RandomNumbers(ops, workers);
    optimizers = new Optimizers(ops, workers, elementwise);
    lossScaling = new LossScaling(workers);
  }

  // ---------------------------------------------------------------- softmax and losses

  @Override
  public void softmax(SoftmaxSpec spec, Buffer x, Buffer y) {
    softmax.forward(spec, floats(x), offset(x), floats(y), offset(y));
  }

  @Override
  public void softmaxBackward(SoftmaxSpec spec, Buffer y, Buffer dy, float beta, Buffer dx) {
    softmax.backward(
        spec, floats(y), offset(y), floats(dy), offset(dy), beta, floats(dx), offset(dx));
  }

  @Override
  public void crossEntropy(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    crossEntropy.indices(
        spec,
        floats(logits),
        offset(logits),
        ints(targets),
        offset(targets),
        floatsOrNull(weight),
        offset(weight),
        floats(loss),
        offset(loss),
        floatsOrNull(grad),
        offset(grad));
  }

  @Override
  public void crossEntropyProbabilities(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad) {
    crossEntropy.probabilities(
        spec,
        floats(logits),
        offset(logits),
        floats(targets),
        offset(targets),
        floatsOrNull(weight),
        offset(weight),
        floats(loss),
        offset(loss),
        floatsOrNull(grad),
        offset(grad));
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
    pointwiseLoss.run(
        spec,
        floats(x),
        offset(x),
        floats(target),
        offset(target),
        floatsOrNull(weight),
        offset(weight),
        floatsOrNull(posWeight),
        offset(posWeight),
        floats(loss),
        offset(loss),
        floatsOrNull(grad),
        offset(grad));
  }

  // ---------------------------------------------------------------- random numbers

  @Override
  public void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
    dropout.run(
        key,
        ints(step),
        offset(step),
        p,
        (int) n,
        floats(x),
        offset(x),
        beta,
        floats(y),
        offset(y));
  }

  @Override
  public void random(RandomSpec spec, RandomKey key, Buffer step, Buffer y) {
    random.numbers(spec, key, ints(step), offset(step), floats(y), offset(y));
  }

  @Override
  public void randomInts(RandomKey key, Buffer step, int low, int range, long n, Buffer y) {
    random.integers(key, ints(step), offset(step), low, range, (int) n, ints(y), offset(y));
  }

  // ---------------------------------------------------------------- optimizers

  @Override
  public void advance(Buffer counter, @Nullable Buffer skip) {
    if (!isSet(skip)) {
      Optimizers.advance(ints(counter), offset(counter));
    }
  }

  private static boolean isSet(@Nullable Buffer flag) {
    return flag != null && floats(flag)[offset(flag)] != 0;
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
    if (isSet(skip)) {
      return;
    }
    optimizers.sgd(
        spec,
        floats(hyper),
        offset(hyper),
        step == null ? null : ints(step),
        offset(step),
        floats(param),
        offset(param),
        floats(grad),
        offset(grad),
        floatsOrNull(momentum),
        offset(momentum));
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
    if (isSet(skip)) {
      return;
    }
    optimizers.adam(
        spec,
        floats(hyper),
        offset(hyper),
        ints(step),
        offset(step),
        floats(param),
        offset(param),
        floats(grad),
        offset(grad),
        floats(m),
        offset(m),
        floats(v),
        offset(v));
  }

  @Override
  public void clipNorm(long n, float maxNorm, Buffer x, Buffer norm) {
    optimizers.clipNorm((int) n, maxNorm, floats(x), offset(x), floats(norm), offset(norm));
  }

  @Override
  public void vectorNorm(long n, Buffer x, Buffer norm) {
    optimizers.norm((int) n, floats(x), offset(x), floats(norm), offset(norm));
  }

  // ---------------------------------------------------------------- loss scaling

  @Override
  public void unscale(long n, Buffer x, Buffer state) {
    lossScaling.unscale((int) n, floats(x), offset(x), floats(state), offset(state));
  }

  @Override
  public void updateScale(LossScaleSpec spec, Buffer state) {
    LossScaling.update(spec, floats(state), offset(state));
  }
}

package io.cortado.cpu;

import static io.cortado.cpu.Unpack.floats;
import static io.cortado.cpu.Unpack.floatsOrNull;
import static io.cortado.cpu.Unpack.ints;
import static io.cortado.cpu.Unpack.offset;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.cpu.kernels.CrossEntropy;
import io.cortado.cpu.kernels.PointwiseLoss;
import io.cortado.cpu.kernels.Softmax;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import org.jspecify.annotations.Nullable;

/** The softmax and the losses of {@link CpuBackend}: unpacks buffers for the kernels. */
final class Losses {

  private final Softmax softmax;
  private final CrossEntropy crossEntropy;
  private final PointwiseLoss pointwiseLoss;

  Losses(VectorOps ops, Workers workers) {
    softmax = new Softmax(ops, workers);
    crossEntropy = new CrossEntropy(ops, workers);
    pointwiseLoss = new PointwiseLoss(ops, workers);
  }

  void softmax(SoftmaxSpec spec, Buffer x, Buffer y) {
    softmax.forward(spec, floats(x), offset(x), floats(y), offset(y));
  }

  void softmaxBackward(SoftmaxSpec spec, Buffer y, Buffer dy, float beta, Buffer dx) {
    softmax.backward(
        spec, floats(y), offset(y), floats(dy), offset(dy), beta, floats(dx), offset(dx));
  }

  void crossEntropy(
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

  void crossEntropyProbabilities(
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

  void pointwiseLoss(
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
}

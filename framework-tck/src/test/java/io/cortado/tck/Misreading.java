package io.cortado.tck;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.ForwardingBackend;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.Reduction;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A backend that takes one thing in a spec for another, as people do.
 *
 * @param what the mistake
 * @param suite the suite that must find it
 * @param backend the backend that makes it
 */
record Misreading(String what, Class<?> suite, Backend backend) {

  @Override
  public String toString() {
    return what;
  }

  static Stream<Misreading> all() {
    return Stream.of(
        new Misreading(
            "gemm advances A though its stride is 0",
            BackendConformance.Gemm.class,
            new Wrong() {
              @Override
              public void gemm(GemmSpec s, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
                long stride = s.strideA() == 0 && s.batch() > 1 ? 1 : s.strideA();
                super.gemm(
                    new GemmSpec(
                        s.m(),
                        s.n(),
                        s.k(),
                        s.transA(),
                        s.transB(),
                        s.lda(),
                        s.ldb(),
                        s.ldc(),
                        s.batch(),
                        stride,
                        s.strideB(),
                        s.strideC()),
                    alpha,
                    a,
                    b,
                    beta,
                    c);
              }
            }),
        new Misreading(
            "linear forgets the bias",
            BackendConformance.Gemm.class,
            new Wrong() {
              @Override
              public void linear(
                  LinearSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
                super.linear(s, x, w, null, y);
              }
            }),
        new Misreading(
            "conv forgets the activation",
            BackendConformance.Conv.class,
            new Wrong() {
              @Override
              public void conv(ConvSpec s, Buffer x, Buffer w, @Nullable Buffer b, Buffer y) {
                super.conv(with(s, s.dilationH(), s.dilationW()), x, w, b, y);
              }
            }),
        new Misreading(
            "convBackwardFilter swaps the dilations",
            BackendConformance.Conv.class,
            new Wrong() {
              @Override
              public void convBackwardFilter(
                  ConvSpec s, Buffer x, Buffer dy, float beta, Buffer dw) {
                ConvSpec swapped = with(s, s.dilationW(), s.dilationH());
                boolean fits = swapped.outputShape().equals(s.outputShape());
                super.convBackwardFilter(fits ? swapped : s, x, dy, beta, dw);
              }
            }),
        new Misreading(
            "pool divides by the elements inside the image",
            BackendConformance.Pool.class,
            new Wrong() {
              @Override
              public void pool(PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve) {
                super.pool(excludingPadding(s), x, y, reserve);
              }
            }),
        new Misreading(
            "poolBackward divides by the elements inside the image",
            BackendConformance.Pool.class,
            new Wrong() {
              @Override
              public void poolBackward(
                  PoolSpec s,
                  Buffer x,
                  Buffer y,
                  @Nullable Buffer reserve,
                  Buffer dy,
                  float beta,
                  Buffer dx) {
                super.poolBackward(excludingPadding(s), x, y, reserve, dy, beta, dx);
              }
            }),
        new Misreading(
            "maxPool counts places within the input instead of the plane",
            BackendConformance.MaxPool.class,
            new Wrong() {
              @Override
              public void maxPool(
                  MaxPoolSpec s, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
                super.maxPool(s, samples, x, y, places);
                int[] at = new int[(int) s.outputSize()];
                download(places, 0, at, 0, at.length);
                for (int i = 0; i < at.length; i++) {
                  at[i] += i / s.outputPlane() * s.inputPlane();
                }
                upload(at, 0, places, 0, at.length);
              }
            }),
        new Misreading(
            "maxPool has the samples of rows and columns the wrong way round",
            BackendConformance.MaxPool.class,
            new Wrong() {
              @Override
              public void maxPool(
                  MaxPoolSpec s, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
                if (samples == null) {
                  super.maxPool(s, null, x, y, places);
                  return;
                }
                float[] drawn = new float[s.planes() * s.randomAxes()];
                download(samples, 0, drawn, 0, drawn.length);
                float[] swapped = drawn.clone();
                for (int i = s.randomAxes() - 1; i < drawn.length; i += s.randomAxes()) {
                  swapped[i] = drawn[i - 1];
                  swapped[i - 1] = drawn[i];
                }
                Buffer other = allocate(samples.dtype(), swapped.length);
                upload(swapped, 0, other, 0, swapped.length);
                super.maxPool(s, other, x, y, places);
                release(other);
              }
            }),
        new Misreading(
            "argMax takes the last of equals",
            BackendConformance.Reduce.class,
            new Wrong() {
              @Override
              public void argMax(AxisSpec s, Buffer x, Buffer y) {
                super.argMax(s, x, y);
                int n = s.extent();
                float[] row = new float[n];
                int[] first = new int[1];
                for (int r = 0; s.inner() == 1 && r < s.outer(); r++) {
                  download(x, (long) r * n, row, 0, n);
                  download(y, r, first, 0, 1);
                  for (int i = n - 1; i > first[0]; i--) {
                    if (row[i] == row[first[0]]) {
                      first[0] = i;
                    }
                  }
                  upload(first, 0, y, r, 1);
                }
              }
            }),
        new Misreading(
            "relu of NaN is 0",
            BackendConformance.Unary.class,
            new Wrong() {
              @Override
              public void unary(UnaryOp op, long n, Buffer x, Buffer y) {
                super.unary(op, n, x, y);
                float[] values = new float[(int) n];
                download(y, 0, values, 0, values.length);
                for (int i = 0; op.kind() == UnaryOp.Kind.RELU && i < n; i++) {
                  values[i] = values[i] > 0 ? values[i] : 0;
                }
                upload(values, 0, y, 0, values.length);
              }
            }),
        new Misreading(
            "batchNormBackward takes given statistics for the batch's",
            BackendConformance.BatchNorm.class,
            new Wrong() {
              @Override
              public void batchNormBackward(
                  BatchNormSpec s,
                  boolean batchStatistics,
                  Buffer x,
                  @Nullable Buffer gamma,
                  Buffer mean,
                  Buffer invStd,
                  Buffer dy,
                  float betaX,
                  @Nullable Buffer dx,
                  float betaGamma,
                  @Nullable Buffer dGamma,
                  float betaShift,
                  @Nullable Buffer dShift) {
                super.batchNormBackward(
                    s, true, x, gamma, mean, invStd, dy, betaX, dx, betaGamma, dGamma, betaShift,
                    dShift);
              }
            }),
        new Misreading(
            "norm centres though it should not",
            BackendConformance.Norm.class,
            new Wrong() {
              @Override
              public void norm(
                  NormSpec s,
                  Buffer x,
                  @Nullable Buffer gamma,
                  @Nullable Buffer shift,
                  Buffer y,
                  @Nullable Buffer saveMean,
                  Buffer saveInvStd) {
                super.norm(with(s, s.groups(), true), x, gamma, shift, y, saveMean, saveInvStd);
              }
            }),
        new Misreading(
            "norm takes the first group's parameters for all groups",
            BackendConformance.Norm.class,
            new Wrong() {
              @Override
              public void norm(
                  NormSpec s,
                  Buffer x,
                  @Nullable Buffer gamma,
                  @Nullable Buffer shift,
                  Buffer y,
                  @Nullable Buffer saveMean,
                  Buffer saveInvStd) {
                super.norm(with(s, 1, s.centered()), x, gamma, shift, y, saveMean, saveInvStd);
              }
            }),
        new Misreading(
            "lrn lets an even window lean ahead, as cuDNN does",
            BackendConformance.Lrn.class,
            new Wrong() {
              @Override
              public void lrn(LrnSpec s, Buffer x, Buffer y) {
                if (s.size() != 2) {
                  super.lrn(s, x, y);
                  return;
                }
                float[] values = new float[(int) s.count()];
                download(x, 0, values, 0, values.length);
                for (int i = 0; i < values.length; i++) {
                  boolean last = i / s.inner() % s.channels() == s.channels() - 1;
                  double next = last ? 0 : values[i + s.inner()];
                  double sum = (double) values[i] * values[i] + next * next;
                  values[i] *= (float) Math.pow(s.k() + s.alpha() / 2 * sum, -s.beta());
                }
                upload(values, 0, y, 0, values.length);
              }
            }),
        new Misreading(
            "embeddingBackward does not know the padding row",
            BackendConformance.Embedding.class,
            new Wrong() {
              @Override
              public void embeddingBackward(
                  EmbeddingSpec s, Buffer indices, Buffer dy, float beta, Buffer dTable) {
                EmbeddingSpec without = new EmbeddingSpec(s.rows(), s.width(), s.count(), -1);
                super.embeddingBackward(without, indices, dy, beta, dTable);
              }
            }),
        new Misreading(
            "embedding takes the nearest row for one that is not there",
            BackendConformance.Embedding.class,
            new Wrong() {
              @Override
              public void embedding(EmbeddingSpec s, Buffer indices, Buffer table, Buffer y) {
                int[] rows = new int[s.count()];
                download(indices, 0, rows, 0, rows.length);
                for (int i = 0; i < rows.length; i++) {
                  rows[i] = Math.clamp(rows[i], 0, s.rows() - 1);
                }
                Buffer clamped = allocate(indices.dtype(), rows.length);
                upload(rows, 0, clamped, 0, rows.length);
                super.embedding(s, clamped, table, y);
                release(clamped);
              }
            }),
        new Misreading(
            "softmax does not subtract the maximum",
            BackendConformance.Softmax.class,
            new Wrong() {
              @Override
              public void softmax(SoftmaxSpec s, Buffer x, Buffer y) {
                super.softmax(s, x, y);
                float[] in = new float[(int) s.axis().size()];
                download(x, 0, in, 0, in.length);
                for (int i = 0; i < in.length; i++) {
                  if (Float.isInfinite((float) Math.exp(in[i]))) {
                    upload(new float[] {Float.NaN}, 0, y, i, 1);
                  }
                }
              }
            }),
        new Misreading(
            "crossEntropy does not know ignoreIndex",
            BackendConformance.Loss.class,
            new Wrong() {
              @Override
              public void crossEntropy(
                  CrossEntropySpec s,
                  Buffer logits,
                  Buffer targets,
                  @Nullable Buffer weight,
                  Buffer loss,
                  @Nullable Buffer grad) {
                // Only an index that is a class too can be taken for one.
                int ignore = s.ignoreIndex() == 0 ? -100 : s.ignoreIndex();
                super.crossEntropy(
                    new CrossEntropySpec(
                        s.outer(),
                        s.classes(),
                        s.inner(),
                        ignore,
                        s.labelSmoothing(),
                        s.reduction()),
                    logits,
                    targets,
                    weight,
                    loss,
                    grad);
              }
            }),
        new Misreading(
            "crossEntropyProbabilities does not smooth",
            BackendConformance.Loss.class,
            new Wrong() {
              @Override
              public void crossEntropyProbabilities(
                  CrossEntropySpec s,
                  Buffer logits,
                  Buffer targets,
                  @Nullable Buffer weight,
                  Buffer loss,
                  @Nullable Buffer grad) {
                super.crossEntropyProbabilities(
                    new CrossEntropySpec(
                        s.outer(), s.classes(), s.inner(), s.ignoreIndex(), 0, s.reduction()),
                    logits,
                    targets,
                    weight,
                    loss,
                    grad);
              }
            }),
        new Misreading(
            "pointwiseLoss gives the gradient of the sum for the mean's",
            BackendConformance.Loss.class,
            new Wrong() {
              @Override
              public void pointwiseLoss(
                  PointwiseLossSpec s,
                  Buffer x,
                  Buffer target,
                  @Nullable Buffer weight,
                  @Nullable Buffer posWeight,
                  Buffer loss,
                  @Nullable Buffer grad) {
                super.pointwiseLoss(s, x, target, weight, posWeight, loss, grad);
                if (s.reduction() == Reduction.MEAN && grad != null) {
                  axpby(s.n(), s.n(), grad, 0, grad);
                }
              }
            }),
        new Misreading(
            "dropout does not look at the step's high word",
            BackendConformance.Random.class,
            new Wrong() {
              @Override
              public void dropout(
                  RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y) {
                int[] low = new int[2];
                download(step, 0, low, 0, 1);
                Buffer without = allocate(step.dtype(), 2);
                upload(low, 0, without, 0, 2);
                super.dropout(key, without, p, n, x, beta, y);
                release(without);
              }
            }),
        new Misreading(
            "sgd starts its momentum from 0 instead of the first gradient",
            BackendConformance.Optimizer.class,
            new Wrong() {
              @Override
              public void sgd(
                  SgdSpec s,
                  Buffer hyper,
                  @Nullable Buffer step,
                  @Nullable Buffer skip,
                  Buffer param,
                  Buffer grad,
                  @Nullable Buffer momentum) {
                if (step == null || momentum == null) {
                  super.sgd(s, hyper, step, skip, param, grad, momentum);
                  return;
                }
                int[] t = new int[2];
                download(step, 0, t, 0, t.length);
                if (t[0] == 1) {
                  fill(momentum, s.n(), 0);
                }
                Buffer later = allocate(step.dtype(), t.length);
                upload(new int[] {2, 0}, 0, later, 0, t.length);
                super.sgd(s, hyper, later, skip, param, grad, momentum);
                release(later);
              }
            }),
        new Misreading(
            "adam couples the weight decay",
            BackendConformance.Optimizer.class,
            new Wrong() {
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
                super.adam(
                    new AdamSpec(s.n(), s.beta1(), s.beta2(), s.eps(), s.weightDecay(), false),
                    hyper,
                    step,
                    skip,
                    param,
                    grad,
                    m,
                    v);
              }
            }),
        new Misreading(
            "adam counts its steps from 0",
            BackendConformance.Optimizer.class,
            new Wrong() {
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
                Buffer later = allocate(step.dtype(), 2);
                copy(step, 0, later, 0, 2);
                advance(later, null);
                super.adam(s, hyper, later, skip, param, grad, m, v);
                release(later);
              }
            }),
        new Misreading(
            "sgd does not look at the flag to skip",
            BackendConformance.Optimizer.class,
            new Wrong() {
              @Override
              public void sgd(
                  SgdSpec s,
                  Buffer hyper,
                  @Nullable Buffer step,
                  @Nullable Buffer skip,
                  Buffer param,
                  Buffer grad,
                  @Nullable Buffer momentum) {
                super.sgd(s, hyper, step, null, param, grad, momentum);
              }
            }),
        new Misreading(
            "adam does not look at the flag to skip",
            BackendConformance.Optimizer.class,
            new Wrong() {
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
                super.adam(s, hyper, step, null, param, grad, m, v);
              }
            }),
        new Misreading(
            "advance does not look at the flag to skip",
            BackendConformance.Optimizer.class,
            new Wrong() {
              @Override
              public void advance(Buffer counter, @Nullable Buffer skip) {
                super.advance(counter, null);
              }
            }),
        new Misreading(
            "a convolution keeps its workspace",
            BackendConformance.Conv.class,
            new Wrong() {
              @Override
              public void convBackwardData(ConvSpec s, Buffer dy, Buffer w, float beta, Buffer dx) {
                super.convBackwardData(s, dy, w, beta, dx);
                allocate(dx.dtype(), 64);
              }
            }));
  }

  private static NormSpec with(NormSpec s, int groups, boolean centered) {
    return new NormSpec(s.rows(), groups, s.channels(), s.inner(), centered, s.eps());
  }

  private static ConvSpec with(ConvSpec s, int dilationH, int dilationW) {
    return new ConvSpec(
        s.n(),
        s.c(),
        s.h(),
        s.w(),
        s.k(),
        s.kernelH(),
        s.kernelW(),
        s.strideH(),
        s.strideW(),
        s.padH(),
        s.padW(),
        dilationH,
        dilationW,
        s.groups(),
        UnaryOp.IDENTITY);
  }

  private static PoolSpec excludingPadding(PoolSpec s) {
    return new PoolSpec(
        s.mode() == PoolSpec.Mode.AVERAGE ? PoolSpec.Mode.AVERAGE_EXCLUDE_PADDING : s.mode(),
        s.n(),
        s.c(),
        s.h(),
        s.w(),
        s.outH(),
        s.outW(),
        s.kernelH(),
        s.kernelW(),
        s.strideH(),
        s.strideW(),
        s.padH(),
        s.padW(),
        s.dilationH(),
        s.dilationW(),
        s.adaptive());
  }

  private static class Wrong extends ForwardingBackend {
    Wrong() {
      super(new ReferenceBackend());
    }
  }
}

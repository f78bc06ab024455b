package io.cortado.tck.reference;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.MaxPoolSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PoolSpec;
import org.jspecify.annotations.Nullable;

/** The layers of {@link ReferenceBackend}. */
abstract class ReferenceLayerOps extends ReferenceElementOps {

  // ---------------------------------------------------------------- matrices

  @Override
  public void gemm(GemmSpec s, float alpha, Buffer a, Buffer b, float beta, Buffer c) {
    double[] all = doubles(c, c.length());
    ReferenceGemm.gemm(s, alpha, doubles(a, a.length()), doubles(b, b.length()), beta, all);
    of(c).set(all);
  }

  @Override
  public void linear(LinearSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    double[] xs = doubles(x, (long) s.rows() * s.in());
    double[] ws = doubles(w, (long) s.out() * s.in());
    of(y).set(ReferenceGemm.linear(s, xs, ws, doublesOrNull(bias, s.out())));
  }

  // ---------------------------------------------------------------- convolution

  @Override
  public void conv(ConvSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    double[] xs = doubles(x, s.inputShape().size());
    double[] ws = doubles(w, s.weightShape().size());
    of(y).set(ReferenceConv.forward(s, xs, ws, doublesOrNull(bias, s.k())));
  }

  @Override
  public void convBackwardData(ConvSpec s, Buffer dy, Buffer w, float beta, Buffer dx) {
    double[] dys = doubles(dy, s.outputShape().size());
    of(dx).set(ReferenceConv.backwardData(s, dys, doubles(w, s.weightShape().size())), beta);
  }

  @Override
  public void convBackwardFilter(ConvSpec s, Buffer x, Buffer dy, float beta, Buffer dw) {
    double[] xs = doubles(x, s.inputShape().size());
    of(dw).set(ReferenceConv.backwardFilter(s, xs, doubles(dy, s.outputShape().size())), beta);
  }

  // ---------------------------------------------------------------- pooling

  @Override
  public long poolReserveSize(PoolSpec s) {
    return s.mode() == PoolSpec.Mode.MAX ? s.outputShape().size() : 0;
  }

  @Override
  public void pool(PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve) {
    double[] xs = doubles(x, s.inputShape().size());
    of(y).set(ReferencePool.forward(s, xs));
    if (reserve != null) {
      int[] places = ReferencePool.places(s, xs);
      upload(places, 0, reserve, 0, places.length);
    }
  }

  @Override
  public void poolBackward(
      PoolSpec s, Buffer x, Buffer y, @Nullable Buffer reserve, Buffer dy, float beta, Buffer dx) {
    double[] xs = doubles(x, s.inputShape().size());
    of(dx).set(ReferencePool.backward(s, xs, doubles(dy, s.outputShape().size())), beta);
  }

  @Override
  public void maxPool(MaxPoolSpec s, @Nullable Buffer samples, Buffer x, Buffer y, Buffer places) {
    long random = (long) s.planes() * s.randomAxes();
    double[] drawn = samples == null ? new double[0] : doubles(samples, random);
    double[] xs = doubles(x, s.inputSize());
    int[] at = ReferenceMaxPool.places(s, drawn, xs);
    of(y).set(ReferenceMaxPool.values(s, at, xs));
    upload(at, 0, places, 0, at.length);
  }

  // ---------------------------------------------------------------- normalisation

  private static long size(BatchNormSpec s) {
    return s.count() * s.channels();
  }

  @Override
  public void batchNormTrain(
      BatchNormSpec s,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVar,
      Buffer y,
      Buffer saveMean,
      Buffer saveInvStd) {
    int channels = s.channels();
    ReferenceBatchNorm.Result r =
        ReferenceBatchNorm.train(
            s, doubles(x, size(s)), doublesOrNull(gamma, channels), doublesOrNull(shift, channels));
    of(y).set(r.y());
    of(saveMean).set(r.mean());
    of(saveInvStd).set(r.invStd());
    if (runningMean != null) {
      of(runningMean)
          .set(ReferenceBatchNorm.running(momentum, doubles(runningMean, channels), r.mean()));
    }
    if (runningVar != null) {
      double[] var = ReferenceBatchNorm.unbiased(s, r.var());
      of(runningVar).set(ReferenceBatchNorm.running(momentum, doubles(runningVar, channels), var));
    }
  }

  @Override
  public void batchNormInfer(
      BatchNormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer mean,
      Buffer var,
      Buffer y,
      @Nullable Buffer saveInvStd) {
    int channels = s.channels();
    ReferenceBatchNorm.Result r =
        ReferenceBatchNorm.infer(
            s,
            doubles(x, size(s)),
            doublesOrNull(gamma, channels),
            doublesOrNull(shift, channels),
            doubles(mean, channels),
            doubles(var, channels));
    of(y).set(r.y());
    if (saveInvStd != null) {
      of(saveInvStd).set(r.invStd());
    }
  }

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
    int channels = s.channels();
    ReferenceBatchNorm.Gradients g =
        ReferenceBatchNorm.backward(
            s,
            batchStatistics,
            doubles(x, size(s)),
            doublesOrNull(gamma, channels),
            doubles(mean, channels),
            doubles(invStd, channels),
            doubles(dy, size(s)));
    if (dx != null) {
      of(dx).set(g.dx(), betaX);
    }
    if (dGamma != null) {
      of(dGamma).set(g.dGamma(), betaGamma);
    }
    if (dShift != null) {
      of(dShift).set(g.dShift(), betaShift);
    }
  }

  @Override
  public void norm(
      NormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer y,
      @Nullable Buffer saveMean,
      Buffer saveInvStd) {
    int n = s.parameters();
    ReferenceNorm.Result r =
        ReferenceNorm.forward(
            s, doubles(x, s.count()), doublesOrNull(gamma, n), doublesOrNull(shift, n));
    of(y).set(r.y());
    of(saveInvStd).set(r.invStd());
    if (saveMean != null) {
      of(saveMean).set(r.mean());
    }
  }

  @Override
  public void normBackward(
      NormSpec s,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaX,
      @Nullable Buffer dx,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift) {
    ReferenceNorm.Gradients g =
        ReferenceNorm.backward(
            s,
            doubles(x, s.count()),
            doublesOrNull(gamma, s.parameters()),
            doublesOrNull(mean, s.rows()),
            doubles(invStd, s.rows()),
            doubles(dy, s.count()));
    if (dx != null) {
      of(dx).set(g.dx(), betaX);
    }
    if (dGamma != null) {
      of(dGamma).set(g.dGamma(), betaGamma);
    }
    if (dShift != null) {
      of(dShift).set(g.dShift(), betaShift);
    }
  }

  @Override
  public void lrn(LrnSpec s, Buffer x, Buffer y) {
    of(y).set(ReferenceLrn.forward(s, doubles(x, s.count())));
  }

  @Override
  public void lrnBackward(LrnSpec s, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx) {
    of(dx).set(ReferenceLrn.backward(s, doubles(x, s.count()), doubles(dy, s.count())), beta);
  }
}

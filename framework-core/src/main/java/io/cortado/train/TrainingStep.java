package io.cortado.train;

import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.nn.Module;
import io.cortado.optim.GradScaler;
import io.cortado.optim.Optimizer;
import org.jspecify.annotations.Nullable;

/**
 * What is done with each batch: loss, backward, clipping, the optimizer's step.
 *
 * @param scaler null for a loss that is not scaled
 * @param clipValue the limit of each gradient, 0 for none
 * @param clipNorm the limit of all gradients' norm, 0 for none
 */
record TrainingStep(
    Module model,
    Forward forward,
    BatchLoss loss,
    Optimizer optimizer,
    @Nullable GradScaler scaler,
    double clipValue,
    double clipNorm) {

  /** Trains on a batch, and returns its loss as it was before the step. */
  Tensor run(Batch batch) {
    Tensor value = loss.loss(forward.forward(batch), batch);
    GradScaler s = scaler;
    if (s == null) {
      value.backward();
      clip();
      optimizer.step();
    } else {
      s.scale(value).backward();
      s.unscale(optimizer);
      clip();
      s.step(optimizer);
      s.update();
    }
    return value;
  }

  private void clip() {
    if (clipValue > 0) {
      model.store().clipGradValue(clipValue);
    }
    if (clipNorm > 0) {
      model.store().clipGradNorm(clipNorm);
    }
  }
}

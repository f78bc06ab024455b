package io.cortado.train;

import io.cortado.Tensor;
import io.cortado.data.Batch;
import io.cortado.nn.Module;
import io.cortado.observe.StepPhase;
import io.cortado.optim.GradScaler;
import io.cortado.optim.Optimizer;
import org.jspecify.annotations.Nullable;

/**
 * What is done with each batch: loss, backward, clipping, the optimizer's step.
 *
 * @param scaler null for a loss that is not scaled
 * @param clipValue the limit of each gradient, 0 for none
 * @param clipNorm the limit of all gradients' norm, 0 for none
 * @param health looks at loss and gradients; null for nobody
 */
record TrainingStep(
    Module model,
    Forward forward,
    BatchLoss loss,
    Optimizer optimizer,
    @Nullable GradScaler scaler,
    double clipValue,
    double clipNorm,
    @Nullable StepHealth health) {

  /** Returns the same with somebody, or nobody, who looks at loss and gradients. */
  TrainingStep watchedBy(@Nullable StepHealth by) {
    return new TrainingStep(model, forward, loss, optimizer, scaler, clipValue, clipNorm, by);
  }

  /** Trains on a batch, and returns its loss as it was before the step. */
  Tensor run(Batch batch) {
    StepPhase.FORWARD.begin(model.device());
    Tensor output = forward.forward(batch);
    StepPhase.LOSS.begin(model.device());
    Tensor value = loss.loss(output, batch);
    StepPhase.BACKWARD.begin(model.device());
    GradScaler s = scaler;
    if (s == null) {
      value.backward();
      StepPhase.OPTIMIZER.begin(model.device());
      clip(value);
      optimizer.step();
    } else {
      s.scale(value).backward();
      StepPhase.OPTIMIZER.begin(model.device());
      s.unscale(optimizer);
      clip(value);
      s.step(optimizer);
      s.update();
    }
    return value;
  }

  private void clip(Tensor value) {
    if (clipValue > 0) {
      model.store().clipGradValue(clipValue);
    }
    if (health != null) {
      health.look(value, model.store());
    }
    if (clipNorm > 0) {
      model.store().clipGradNorm(clipNorm);
    }
  }
}

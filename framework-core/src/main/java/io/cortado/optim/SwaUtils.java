package io.cortado.optim;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.nn.BatchNorm;
import io.cortado.nn.Layer;
import io.cortado.nn.Module;
import io.cortado.nn.TrainingModes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What belongs to averaging weights.
 *
 * @see <a href="https://pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema">PyTorch on
 *     weight averaging</a>
 */
public final class SwaUtils {

  private SwaUtils() {}

  /** A layer and the momentum that it has back afterwards. */
  private record Normalization(BatchNorm layer, @Nullable Double momentum) {}

  /**
   * Computes the running statistics of all batch normalization anew: the mean over some batches,
   * which go through the model in training mode.
   *
   * <p>Averaged weights have statistics that no training step has seen:
   *
   * {@snippet :
   * try (AveragedModel.Use _ = average.use();
   *     Epoch epoch = loader.epoch(device, 0)) {
   *   SwaUtils.updateBn(epoch, Batch::inputs, model);
   *   Inference.evaluate(model, test, 256, accuracy());
   * }
   * }
   *
   * <p>The statistics stay when the model has its own weights again. A model without such layers is
   * left alone.
   *
   * @param inputs what of a batch the model is given
   */
  public static <B> void updateBn(
      Iterable<B> batches, Function<? super B, Tensor> inputs, Layer model) {
    List<Normalization> all = new ArrayList<>();
    collect(model, all);
    if (all.isEmpty()) {
      return;
    }
    for (Normalization n : all) {
      n.layer.resetRunningStats();
      n.layer.momentum(null);
    }
    TrainingModes modes = TrainingModes.of(model);
    Device device = model.device();
    model.train();
    try {
      for (B batch : batches) {
        try (Step _ = device.inference()) {
          Tensor unused = model.forward(inputs.apply(batch));
        }
      }
    } finally {
      all.forEach(n -> n.layer.momentum(n.momentum));
      modes.restore();
    }
  }

  private static void collect(Module module, List<Normalization> all) {
    if (module instanceof BatchNorm layer && layer.tracksRunningStats()) {
      all.add(new Normalization(layer, layer.momentum()));
    }
    module.children().values().forEach(m -> collect(m, all));
  }
}

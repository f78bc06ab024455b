package io.cortado.models.characters;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.io.ModelDescription;
import io.cortado.nn.RNNOutput;
import io.cortado.nn.RNNState;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a model of characters says from given states on. */
public final class CharProbe {

  private CharProbe() {}

  /** Returns the extents of a state. */
  public static int[] states(ModelDescription d, int batch) {
    return new int[] {
      Integer.parseInt(d.option("layers")), batch, Integer.parseInt(d.option("hidden"))
    };
  }

  public static Map<String, float[]> outputs(
      Path weights,
      ModelDescription d,
      Device device,
      int[] x,
      int batch,
      float[] h,
      float @Nullable [] c) {
    CharNetwork network = Writer.read(weights, d, device).network();
    int[] shape = states(d, batch);
    try (Step step = device.inference()) {
      RNNState state =
          new RNNState(step.tensor(h, shape), c == null ? null : step.tensor(c, shape));
      RNNOutput out = network.forward(step.tensor(x, x.length / batch, batch), state);
      Map<String, float[]> all = new LinkedHashMap<>();
      all.put("output", out.output().toFloatArray());
      all.put("hn", out.state().h().toFloatArray());
      if (out.state().c() != null) {
        all.put("cn", out.state().c().toFloatArray());
      }
      return all;
    }
  }
}

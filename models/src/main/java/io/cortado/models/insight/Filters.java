package io.cortado.models.insight;

import io.cortado.Shape;
import io.cortado.nn.Conv2d;
import io.cortado.nn.Linear;
import io.cortado.nn.Module;
import io.cortado.nn.Parameter;
import java.util.Optional;

/**
 * The first layer's weights as small pictures, 0 the middle grey.
 *
 * @param name the parameter
 * @param pictures picture after picture; of each, channel after channel
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Filters(String name, int width, int height, int channels, byte[] pictures) {

  private static final int MOST = 64;

  private static final int PIXELS = 64 * 64;

  /** A layer that looks at pictures. */
  private record Source(Parameter weight, int count, int channels, int height, int width) {}

  /** Returns those of a model; empty if it does not look at pictures with its first layer. */
  public static Optional<Filters> of(Module model, Shape input) {
    return source(model, input).map(Filters::draw);
  }

  private static Optional<Source> source(Module module, Shape input) {
    if (module instanceof Conv2d conv) {
      Shape w = conv.weight().shape(); // [out, in, height, width]
      return Optional.of(new Source(conv.weight(), w.dim(0), w.dim(1), w.dim(2), w.dim(3)));
    }
    if (module instanceof Linear linear) {
      Shape w = linear.weight().shape();
      return input.rank() == 3 && w.dim(1) == input.size()
          ? Optional.of(
              new Source(linear.weight(), w.dim(0), input.dim(0), input.dim(1), input.dim(2)))
          : Optional.empty();
    }
    for (Module part : module.children().values()) {
      if (!part.parameters().isEmpty()) {
        return source(part, input);
      }
    }
    return Optional.empty();
  }

  private static Filters draw(Source s) {
    int size = s.channels * s.height * s.width;
    int shown = Math.min(MOST, s.count);
    boolean color = s.channels == 3;
    int channels = color ? 3 : 1; // of others, the first
    int kept = channels * s.height * s.width;
    if (kept > PIXELS) {
      shown = Math.max(1, MOST * PIXELS / kept / 4);
    }
    float[] values = s.weight.value().toFloatArray();
    float most = 0;
    for (int i = 0; i < shown * size; i++) {
      float v = Math.abs(values[i]);
      most = v <= Float.MAX_VALUE ? Math.max(most, v) : most;
    }
    byte[] pictures = new byte[shown * kept];
    float scale = most > 0 ? 127 / most : 0;
    for (int f = 0; f < shown; f++) {
      for (int i = 0; i < kept; i++) {
        pictures[f * kept + i] = (byte) Math.round(128 + scale * values[f * size + i]);
      }
    }
    return new Filters(s.weight.name(), s.width, s.height, channels, pictures);
  }
}

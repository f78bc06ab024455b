package io.cortado.models.classify;

import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.data.Dataset;
import io.cortado.data.Field;
import io.cortado.data.Row;
import io.cortado.models.Run;
import io.cortado.models.pictures.TileSheet;
import io.cortado.models.pictures.TileSheet.Section;
import io.cortado.nn.Conv2d;
import io.cortado.nn.Layer;
import io.cortado.nn.Sequential;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Draws what a convolutional network has learnt, and what it makes of an image. */
final class NetworkPictures {

  /** More filters or maps than these are too small to look at. */
  private static final int MOST = 128;

  private static final int COLUMNS = 16;

  private NetworkPictures() {}

  /** Draws the filters, and the maps of the first test image; nothing without a convolution. */
  static void write(Run run, ImageModel model, Layer network, Dataset test) throws IOException {
    if (!(network instanceof Sequential layers)
        || layers.layers().stream().noneMatch(Conv2d.class::isInstance)) {
      return;
    }
    List<Section> filters = filters(layers);
    if (!filters.isEmpty()) {
      TileSheet.write(
          run.file("filters.png"),
          "Filters of %s (%s)".formatted(model.model(), model.variant()),
          filters);
      run.saved(run.file("filters.png"), "the filters of its convolutions");
    }
    TileSheet.write(
        run.file("maps.png"),
        "What %s makes of the first test image".formatted(model.model()),
        maps(layers, model, test));
    run.saved(run.file("maps.png"), "what each layer makes of the first test image");
  }

  private static List<Section> filters(Sequential layers) {
    List<Section> sections = new ArrayList<>();
    for (Layer layer : layers.layers()) {
      if (!(layer instanceof Conv2d conv)) {
        continue;
      }
      Shape w = conv.weight().shape(); // [out, in, height, width]
      boolean color = w.dim(1) == 3;
      if (w.dim(0) * (color ? 1 : w.dim(1)) <= MOST) {
        sections.add(
            new Section(
                conv + (w.dim(1) == 1 || color ? "" : ": a column for each map that it makes"),
                color ? conv.weight().value().toFloatArray() : byInput(conv),
                color ? 3 : 1,
                w.dim(2),
                w.dim(3),
                color ? COLUMNS : w.dim(0),
                true));
      }
    }
    return sections;
  }

  /** Returns the filters of a first map that is looked at, then those of a second one. */
  private static float[] byInput(Conv2d conv) {
    Shape w = conv.weight().shape();
    float[] values = conv.weight().value().toFloatArray();
    int size = w.dim(2) * w.dim(3);
    float[] turned = new float[values.length];
    for (int o = 0; o < w.dim(0); o++) {
      for (int i = 0; i < w.dim(1); i++) {
        System.arraycopy(
            values, (o * w.dim(1) + i) * size, turned, (i * w.dim(0) + o) * size, size);
      }
    }
    return turned;
  }

  private static List<Section> maps(Sequential layers, ImageModel model, Dataset test) {
    List<Section> sections = new ArrayList<>();
    Row row = Row.of(test);
    test.read(0, row.at(0, 0, 0));
    float[] image = row.floats(test.fields().indexOf(test.field(Field.INPUTS)));
    try (Step step = layers.device().inference()) {
      Tensor x = step.tensor(image, model.input().prepend(1).toArray());
      sections.add(section("the image", x, x.dim(1) == 3 ? 3 : 1));
      for (Layer layer : layers.layers()) {
        x = layer.forward(x);
        if (x.shape().rank() != 4) {
          break;
        }
        if (x.dim(1) <= MOST) {
          sections.add(section(layer + ": " + x.shape(), x, 1));
        }
      }
    }
    return sections;
  }

  private static Section section(String name, Tensor x, int channels) {
    return new Section(name, x.toFloatArray(), channels, x.dim(2), x.dim(3), COLUMNS, false);
  }
}

package io.cortado.models.classify;

import io.cortado.data.Dataset;
import io.cortado.data.Row;
import io.cortado.models.pictures.MisreadPicture;
import io.cortado.models.pictures.MisreadPicture.Misread;
import java.util.List;

/** The images that a classifier misreads, as people see them. */
final class MisreadImages {

  private MisreadImages() {}

  /** Returns the surest, {@link MisreadPicture#LIMIT} at most. */
  static List<Misread> of(ImageModel model, Dataset set, TestResult tested) {
    Row row = Row.of(set);
    return tested.misread().stream()
        .limit(MisreadPicture.LIMIT)
        .map(i -> {
          set.read(i, row.at(0, 0, i));
          return new Misread(
              pixels(model, row.floats(0)),
              model.input().dim(2),
              model.input().dim(1),
              model.classes().get(tested.truth(i)),
              model.classes().get(tested.predicted(i)),
              tested.probability(i));
        })
        .toList();
  }

  private static float[] pixels(ImageModel model, float[] scaled) {
    float[] pixels = new float[scaled.length];
    int plane = model.input().dim(1) * model.input().dim(2);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = model.scaling().invert(i / plane, scaled[i]) / 255f;
    }
    return pixels;
  }
}

package io.cortado.models.classify;

import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.data.Row;
import io.cortado.data.Transforms;
import io.cortado.models.InputException;
import io.cortado.models.images.ImageFiles;
import io.cortado.models.images.PictureFormat;
import io.cortado.models.images.RgbImage;
import java.nio.file.Path;

/** Reads a user's pictures as a classifier takes them. */
public interface PictureReader {

  /**
   * Reads a picture as one sample.
   *
   * @throws InputException if it cannot be read, or shows nothing
   */
  float[] read(Path file);

  /**
   * Returns the reader for a model: for grey images one that makes them as its data set was made,
   * for others one that scales them until they cover the field.
   *
   * @throws InputException if it is not known how the data set's pictures were made
   */
  static PictureReader of(ImageModel model) {
    if (model.input().dim(0) == 3) {
      return file -> color(file, model);
    }
    PictureFormat format =
        switch (model.data()) {
          case "mnist" -> PictureFormat.MNIST;
          case "fashion-mnist" -> PictureFormat.FASHION_MNIST;
          case "digits" -> PictureFormat.DIGITS;
          default ->
              throw new InputException(
                  "it is not known how the pictures of '%s' were made; give a model trained on mnist, fashion-mnist or digits, or one of colors"
                      .formatted(model.data()));
        };
    return file -> {
      float[] grey = format.convert(ImageFiles.read(file), file.toString()).values();
      float[] sample = new float[grey.length];
      for (int i = 0; i < grey.length; i++) {
        sample[i] = model.scaling().apply(0, Math.round(grey[i] * 255));
      }
      return sample;
    };
  }

  private static float[] color(Path file, ImageModel model) {
    int height = model.input().dim(1);
    int width = model.input().dim(2);
    int readHeight = Math.max(height, model.scaled());
    int readWidth = Math.max(width, model.scaled());
    byte[] bytes = new byte[3 * readHeight * readWidth];
    RgbImage.planes(ImageFiles.read(file), readHeight, readWidth, bytes, 0);
    Dataset one =
        ArrayDataset.builder()
            .images(bytes, 3, readHeight, readWidth, model.scaling())
            .build()
            .map(Transforms.centerCrop(height, width));
    Row row = Row.of(one);
    one.read(0, row.at(0, 0, 0));
    return row.floats(0);
  }
}

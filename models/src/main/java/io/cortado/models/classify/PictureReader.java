package io.cortado.models.classify;

import io.cortado.data.ArrayDataset;
import io.cortado.data.Dataset;
import io.cortado.data.Row;
import io.cortado.data.Transforms;
import io.cortado.models.InputException;
import io.cortado.models.images.ImageFiles;
import io.cortado.models.images.PictureFormat;
import io.cortado.models.images.RgbImage;
import java.awt.image.BufferedImage;
import java.nio.file.Path;

/** Reads a user's pictures as a classifier takes them. */
public interface PictureReader {

  /**
   * Converts a picture to one sample.
   *
   * @param name what messages call it
   * @throws InputException if it shows nothing
   */
  float[] sample(BufferedImage image, String name);

  /**
   * Reads a picture as one sample.
   *
   * @throws InputException if it cannot be read, or shows nothing
   */
  default float[] read(Path file) {
    return sample(ImageFiles.read(file), file.toString());
  }

  /**
   * Returns the reader for a model: for grey images one that makes them as its data set was made,
   * for others one that scales them until they cover the field.
   *
   * @throws InputException if it is not known how the data set's pictures were made
   */
  static PictureReader of(ImageModel model) {
    if (model.input().dim(0) == 3) {
      return (image, _) -> color(image, model);
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
    return (image, name) -> {
      float[] grey = format.convert(image, name).values();
      float[] sample = new float[grey.length];
      for (int i = 0; i < grey.length; i++) {
        sample[i] = model.scaling().apply(0, Math.round(grey[i] * 255));
      }
      return sample;
    };
  }

  private static float[] color(BufferedImage image, ImageModel model) {
    int height = model.input().dim(1);
    int width = model.input().dim(2);
    int readHeight = Math.max(height, model.scaled());
    int readWidth = Math.max(width, model.scaled());
    byte[] bytes = new byte[3 * readHeight * readWidth];
    RgbImage.planes(image, readHeight, readWidth, bytes, 0);
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

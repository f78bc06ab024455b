package io.cortado.models.classify;

import io.cortado.Shape;
import io.cortado.data.Dataset;
import io.cortado.data.Transform;
import io.cortado.data.Transforms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * In how many ways each picture is looked at in a test; the probabilities are averaged.
 *
 * <p>Ten are the four corners and the middle, each mirrored too: A. Krizhevsky et al. 2012, section
 * 4.1. Corners are those of the larger picture that a part is cut out of, or, where pictures are
 * looked at whole, those of the picture with an edge of {@value #EDGE} black pixels.
 */
public enum Views {
  /** The picture, or its middle. */
  ONE(1),
  /** And mirrored. */
  TWO(2),
  /** Corners and middle, each mirrored too. */
  TEN(10);

  /**
   * By CIFAR-10's validation part 1 and 3 were better than 2 and 4, perhaps since at odd places
   * other pixels are pooled together.
   */
  static final int EDGE = 1;

  private final int count;

  Views(int count) {
    this.count = count;
  }

  /** Returns how many there are. */
  public int count() {
    return count;
  }

  /** Reads how many a user wants. */
  public static final class Count implements ITypeConverter<Views> {
    @Override
    public Views convert(String value) {
      return Arrays.stream(values())
          .filter(v -> value.equals("" + v.count))
          .findFirst()
          .orElseThrow(() ->
              new TypeConversionException(
                  "'%s' is not possible; give 1, 2 (mirrored too) or 10 (corners too)"
                      .formatted(value)));
    }
  }

  /**
   * Returns a set as it is seen each way, the plain middle first.
   *
   * @param pictures not cut yet
   */
  public List<Dataset> of(Dataset pictures, ImageModel model) {
    Shape input = model.input();
    int height = input.dim(1);
    int width = input.dim(2);
    float black = model.scaling().apply(0, 0);
    Dataset all = pictures;
    if (this == TEN && pictures.inputShape().equals(input)) {
      all = pictures.map(Transforms.pad(EDGE, black));
    }
    List<Transform> places = new ArrayList<>();
    places.add(Transforms.centerCrop(height, width));
    if (this == TEN) {
      int bottom = all.inputShape().dim(1) - height;
      int right = all.inputShape().dim(2) - width;
      for (int corner = 0; corner < 4; corner++) {
        places.add(Transforms.crop(corner / 2 * bottom, corner % 2 * right, height, width));
      }
    }
    List<Dataset> seen = new ArrayList<>();
    for (Transform place : places) {
      seen.add(all.map(place));
      if (this != ONE) {
        seen.add(all.map(place, Transforms.horizontalFlip()));
      }
    }
    return seen;
  }
}

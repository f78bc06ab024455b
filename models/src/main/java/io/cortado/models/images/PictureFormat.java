package io.cortado.models.images;

import io.cortado.models.InputException;
import java.awt.image.BufferedImage;

/**
 * How a data set's pictures were made, so that a picture from outside can be made the same way.
 *
 * <p>The background is the brightness found at the border; what differs from it is the ink, white
 * on black in the result. The ink's bounding box is scaled, keeping its proportions, until its
 * longer side is {@code box} pixels, and placed in a field of {@code size} x {@code size}.
 *
 * @param size extent of the field
 * @param box extent of the scaled bounding box
 * @param byMass whether the ink's centre of mass, not its box's, comes to the field's centre
 * @param drawn whether the pictures are of strokes, whose grey levels mean nothing: the ink is
 *     stretched to full white
 */
public record PictureFormat(int size, int box, boolean byMass, boolean drawn) {

  /** MNIST: digits scaled into 20 x 20, centred by mass in 28 x 28 (LeCun et al. 1998, III.A). */
  public static final PictureFormat MNIST = new PictureFormat(28, 20, true, true);

  /** Fashion-MNIST: the longer side fills 28 pixels (Xiao et al. 2017, section 2). */
  public static final PictureFormat FASHION_MNIST = new PictureFormat(28, 28, false, false);

  /** The 8 x 8 digits: the digit fills the field. */
  public static final PictureFormat DIGITS = new PictureFormat(8, 8, false, true);

  /** Ink fainter than this part of the strongest is paper grain, shadow or JPEG noise. */
  private static final float NOISE_OF_DRAWINGS = 0.12f;

  /** As closely does Fashion-MNIST's background have to be met. */
  private static final float NOISE_OF_PHOTOS = 0.05f;

  /** Ink from this part of the strongest on counts for the bounding box. */
  private static final float EDGE = 0.25f;

  /** A picture whose brightness varies less than this is empty. */
  private static final float MIN_CONTRAST = 0.08f;

  /**
   * Converts a picture.
   *
   * @param name the picture's name, for the message
   * @throws InputException if nothing stands out from the background
   */
  public GreyImage convert(BufferedImage image, String name) {
    GreyImage raw = ink(GreyImage.of(image), name);
    GreyImage ink = withoutNoise(raw);
    Box around = Box.of(ink, drawn ? EDGE : NOISE_OF_PHOTOS);
    GreyImage.Point centre = byMass ? ink.centreOfMass() : around.centre();
    if (isMadeSo(ink, around, centre)) {
      return raw;
    }
    return scale(ink, (double) box / around.longerSide(), centre);
  }

  /** A picture taken from the data set itself must come out unchanged. */
  private boolean isMadeSo(GreyImage ink, Box around, GreyImage.Point centre) {
    if (ink.width() != size || ink.height() != size || !byMass) {
      return ink.width() == size && ink.height() == size;
    }
    double off = Math.max(Math.abs(centre.x() - size / 2.0), Math.abs(centre.y() - size / 2.0));
    return Math.abs(around.longerSide() - box) <= 2 && off <= 1.5;
  }

  /**
   * Returns how far each pixel is from the background, as a part of the largest distance there is.
   */
  private GreyImage ink(GreyImage grey, String name) {
    float background = grey.borderLevel();
    double lean = 0;
    for (float v : grey.values()) {
      lean += v - background;
    }
    float sign = lean < 0 ? -1 : 1;
    float strongest = 0;
    for (float v : grey.values()) {
      strongest = Math.max(strongest, sign * (v - background));
    }
    if (strongest < MIN_CONTRAST) {
      throw new InputException(
          "image "
              + name
              + " is empty: nothing stands out from the background; give a clearer one");
    }
    float full = drawn ? strongest : sign < 0 ? background : 1 - background;
    float[] ink = new float[grey.values().length];
    for (int i = 0; i < ink.length; i++) {
      ink[i] = Math.max(0, sign * (grey.values()[i] - background) / full);
    }
    return new GreyImage(grey.width(), grey.height(), ink);
  }

  private GreyImage withoutNoise(GreyImage ink) {
    float noise = drawn ? NOISE_OF_DRAWINGS : NOISE_OF_PHOTOS;
    float[] clean = ink.values().clone();
    for (int i = 0; i < clean.length; i++) {
      clean[i] = clean[i] < noise ? 0 : clean[i];
    }
    return new GreyImage(ink.width(), ink.height(), clean);
  }

  /** Averages samples between the pixels, as many as it takes to miss none of them. */
  private GreyImage scale(GreyImage ink, double factor, GreyImage.Point centre) {
    int samples = Math.clamp(2 * (long) Math.ceil(1 / factor), 4, 256);
    float[] out = new float[size * size];
    float largest = 0;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double sum = 0;
        for (int j = 0; j < samples; j++) {
          double sy = centre.y() + (y + (j + 0.5) / samples - size / 2.0) / factor;
          for (int i = 0; i < samples; i++) {
            double sx = centre.x() + (x + (i + 0.5) / samples - size / 2.0) / factor;
            sum += ink.between(sx, sy);
          }
        }
        out[y * size + x] = (float) (sum / samples / samples);
        largest = Math.max(largest, out[y * size + x]);
      }
    }
    if (drawn && largest > 0) {
      // Thin strokes fade when they are scaled down; those of the data sets are fully white inside.
      for (int i = 0; i < out.length; i++) {
        out[i] /= largest;
      }
    }
    return new GreyImage(size, size, out);
  }

  /** The smallest rectangle around the ink; right and bottom are exclusive. */
  private record Box(int left, int top, int right, int bottom) {

    static Box of(GreyImage ink, float threshold) {
      int left = ink.width();
      int top = ink.height();
      int right = 0;
      int bottom = 0;
      for (int y = 0; y < ink.height(); y++) {
        for (int x = 0; x < ink.width(); x++) {
          if (ink.at(x, y) >= threshold) {
            left = Math.min(left, x);
            right = Math.max(right, x + 1);
            top = Math.min(top, y);
            bottom = y + 1;
          }
        }
      }
      return new Box(left, top, right, bottom);
    }

    GreyImage.Point centre() {
      return new GreyImage.Point((left + right) / 2.0, (top + bottom) / 2.0);
    }

    int longerSide() {
      return Math.max(right - left, bottom - top);
    }
  }
}

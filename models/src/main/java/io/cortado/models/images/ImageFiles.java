package io.cortado.models.images;

import io.cortado.models.InputException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** Reads pictures from files that may be anything. */
public final class ImageFiles {

  /** The most pixels that a picture may have: what a good camera makes. */
  public static final long MAX_PIXELS = 100_000_000;

  /** Larger pictures are thinned out while they are read: no model looks at so many pixels. */
  private static final int MAX_SIDE = 4096;

  private ImageFiles() {}

  /** What a picture measures once it is read. */
  public record Extents(int width, int height) {}

  /** Does something with a picture whose extents have been looked at. */
  @FunctionalInterface
  private interface Use<T> {
    T of(ImageReader reader, Extents stored) throws IOException;
  }

  /**
   * Reads a picture.
   *
   * <p>The extents are looked at before anything is decoded, so a small file cannot claim all
   * memory.
   *
   * @throws InputException if the file is missing, is no picture, is broken, or is too large; the
   *     message names it
   */
  public static BufferedImage read(Path file) {
    return open(
        file,
        (reader, stored) -> {
          ImageReadParam param = reader.getDefaultReadParam();
          int every = thinning(stored);
          if (every > 1) {
            param.setSourceSubsampling(every, every, 0, 0);
          }
          return reader.read(0, param);
        });
  }

  /**
   * Returns what a picture will measure when it is read; its pixels are not decoded.
   *
   * @throws InputException if the file is missing, is no picture, is too large, or broken where its
   *     extents stand
   */
  public static Extents extents(Path file) {
    return open(
        file,
        (_, stored) -> {
          int every = thinning(stored);
          return new Extents(
              (stored.width + every - 1) / every, (stored.height + every - 1) / every);
        });
  }

  private static int thinning(Extents e) {
    int every = (Math.max(e.width, e.height) + MAX_SIDE - 1) / MAX_SIDE;
    return Math.min(every, Math.min(e.width, e.height));
  }

  private static <T> T open(Path file, Use<T> use) {
    if (!Files.exists(file)) {
      throw new InputException("image " + file + " does not exist; check the path");
    }
    if (!Files.isRegularFile(file)) {
      throw new InputException("image " + file + " is not a file; give a PNG or JPEG file");
    }
    if (!Files.isReadable(file)) {
      throw new InputException("image " + file + " cannot be read; check its permissions");
    }
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      return open(file, in, use);
    } catch (IOException
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | NegativeArraySizeException e) {
      // The decoders of the JDK throw all of these at broken files.
      throw new InputException(
          "image " + file + " is broken (" + oneLine(e) + "); save it again as PNG or JPEG", e);
    }
  }

  private static <T> T open(Path file, @Nullable ImageInputStream in, Use<T> use)
      throws IOException {
    Iterator<ImageReader> readers = in == null ? null : ImageIO.getImageReaders(in);
    if (in == null || readers == null || !readers.hasNext()) {
      throw new InputException(
          "image "
              + file
              + " is not a picture that can be read; give a PNG, JPEG, GIF or BMP file");
    }
    ImageReader reader = readers.next();
    try {
      reader.setInput(in, true, true);
      Extents stored = new Extents(reader.getWidth(0), reader.getHeight(0));
      if ((long) stored.width * stored.height > MAX_PIXELS) {
        throw new InputException(
            "image %s has %d x %d pixels; at most %d million can be read: scale it down"
                .formatted(file, stored.width, stored.height, MAX_PIXELS / 1_000_000));
      }
      return use.of(reader, stored);
    } finally {
      reader.dispose();
    }
  }

  private static String oneLine(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.lines().findFirst().orElse("").strip();
  }
}

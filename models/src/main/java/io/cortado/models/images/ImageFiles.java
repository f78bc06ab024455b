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
      return decode(file, in);
    } catch (IOException
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | NegativeArraySizeException e) {
      // The decoders of the JDK throw all of these at broken files.
      throw new InputException(
          "image " + file + " is broken (" + oneLine(e) + "); save it again as PNG or JPEG", e);
    }
  }

  private static BufferedImage decode(Path file, @Nullable ImageInputStream in) throws IOException {
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
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if ((long) width * height > MAX_PIXELS) {
        throw new InputException(
            "image %s has %d x %d pixels; at most %d million can be read: scale it down"
                .formatted(file, width, height, MAX_PIXELS / 1_000_000));
      }
      int every = (Math.max(width, height) + MAX_SIDE - 1) / MAX_SIDE;
      ImageReadParam param = reader.getDefaultReadParam();
      if (every > 1) {
        int thinned = Math.min(every, Math.min(width, height));
        param.setSourceSubsampling(thinned, thinned, 0, 0);
      }
      return reader.read(0, param);
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

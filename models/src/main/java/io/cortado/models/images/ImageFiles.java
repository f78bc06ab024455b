package io.cortado.models.images;

import io.cortado.models.InputException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** Reads pictures from files that may be anything. */
public final class ImageFiles {

  /** The most pixels that a picture may have: what a good camera makes. */
  public static final long MAX_PIXELS = 100_000_000;

  /** Larger pictures are thinned out while they are read: no model looks at so many pixels. */
  public static final int MAX_SIDE = 4096;

  /** Where a bitmap's header has the kind of compression, little-endian; 4 is JPEG, 5 PNG. */
  private static final int COMPRESSION = 30;

  /** The formats that are taken from strangers. */
  private static final Set<String> FORMATS = Set.of("png", "jpeg", "gif", "bmp");

  /** What the JDK's JPEG reader remarks where it fills up a file that ends early with grey. */
  private static final List<String> CUT_OFF = List.of("Truncated File", "Premature end");

  /**
   * What it remarks, once, where it goes on in damaged data as well as it can. A few sound pictures
   * have it as well: those of some webcams have bytes too many before a marker. So have pictures
   * that are damaged, and nothing else tells them apart; saved again, they are sound.
   */
  private static final String DAMAGED = "Corrupt JPEG data";

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
    return open(file, ImageFiles::decode);
  }

  /**
   * Reads a PNG, JPEG, GIF or BMP picture from its file's bytes, with the same result as {@link
   * #read(Path)}.
   *
   * @param name what messages call it
   * @param maxPixels the most pixels that it may have; looked at before anything is decoded
   * @throws InputException if it is no picture, is broken, or is too large
   */
  public static BufferedImage read(byte[] file, String name, long maxPixels) {
    // ImageIO by itself would write the bytes to a file.
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      return open(
          name,
          in,
          maxPixels,
          (reader, stored) -> {
            if (!FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
              throw noPicture(name);
            }
            return decode(reader, stored);
          });
    } catch (IOException | RuntimeException e) {
      throw broken(name, e);
    }
  }

  private static BufferedImage decode(ImageReader reader, Extents stored) throws IOException {
    ImageReadParam param = reader.getDefaultReadParam();
    int every = thinning(stored);
    if (every > 1) {
      param.setSourceSubsampling(every, every, 0, 0);
    }
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
    BufferedImage image = reader.read(0, param);
    for (String warning : warnings) {
      if (CUT_OFF.stream().anyMatch(warning::contains)) {
        throw new IOException("it ends too early");
      }
      if (warning.contains(DAMAGED)) {
        throw new IOException(warning);
      }
    }
    return image;
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
      return open(file.toString(), in, MAX_PIXELS, use);
    } catch (IOException | RuntimeException e) {
      throw broken(file.toString(), e);
    }
  }

  /** The decoders of the JDK throw anything at broken files. */
  private static InputException broken(String name, Exception e) {
    return e instanceof InputException said
        ? said
        : new InputException(
            "image " + name + " is broken (" + oneLine(e) + "); save it again as PNG or JPEG", e);
  }

  private static InputException noPicture(String name) {
    return new InputException(
        "image " + name + " is not a picture that can be read; give a PNG, JPEG, GIF or BMP file");
  }

  private static <T> T open(String name, @Nullable ImageInputStream in, long maxPixels, Use<T> use)
      throws IOException {
    Iterator<ImageReader> readers = in == null ? null : ImageIO.getImageReaders(in);
    if (in == null || readers == null || !readers.hasNext()) {
      throw noPicture(name);
    }
    ImageReader reader = readers.next();
    try {
      if (reader.getFormatName().equalsIgnoreCase("bmp") && holdsAnotherFile(in)) {
        throw new InputException(
            "image " + name + " is a bitmap around another picture; save that as PNG or JPEG");
      }
      reader.setInput(in, true, true);
      Extents stored = new Extents(reader.getWidth(0), reader.getHeight(0));
      if ((long) stored.width * stored.height > maxPixels) {
        throw new PixelsException(
            "image %s has %d x %d pixels; at most %s can be read: scale it down"
                .formatted(name, stored.width, stored.height, words(maxPixels)));
      }
      return use.of(reader, stored);
    } finally {
      reader.dispose();
    }
  }

  /**
   * Says whether a bitmap is only a cover of a JPEG or PNG file, for which the JDK's decoder takes
   * as much memory as the cover says, whatever its own length.
   */
  private static boolean holdsAnotherFile(ImageInputStream in) throws IOException {
    byte[] header = new byte[COMPRESSION + 1];
    in.mark();
    int length = in.read(header);
    in.reset();
    return length == header.length && (header[COMPRESSION] == 4 || header[COMPRESSION] == 5);
  }

  private static String words(long pixels) {
    return pixels % 1_000_000 == 0 ? pixels / 1_000_000 + " million" : Long.toString(pixels);
  }

  private static String oneLine(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.lines().findFirst().orElse("").strip();
  }
}

package io.cortado.io;

import io.cortado.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Several arrays of NumPy's in one archive, {@code .npz}, opened for reading.
 *
 * <p>Opening checks the archive's directory and the header of each array: names that are given
 * twice or point out of a folder, entries that are no arrays, and sizes that the file cannot hold
 * or that no honest archive would unpack to are refused before anything is allocated for them. The
 * elements are read when they are asked for, and their checksum is checked then.
 */
public final class NpzFile implements AutoCloseable {

  private static final String SUFFIX = ".npy";
  private static final int MAX_ENTRIES = 65_535;

  /** What deflate packs a byte into at most; an entry that claims more lies. */
  private static final long MAX_RATIO = 1032;

  /** To how many times the file's size all packed entries may unpack, unless to this little. */
  private static final long USUAL_RATIO = 100;

  private static final long ALWAYS_UNPACKED = 256L << 20;
  private static final String BROKEN = "the file is damaged or not NumPy's: get it again";

  private final String source;
  private final ZipFile zip;
  private final Map<String, NpyArray> arrays;

  private NpzFile(Path file, ZipFile zip, long size) throws IOException {
    this.source = file.toString();
    this.zip = zip;
    this.arrays = Collections.unmodifiableMap(read(size));
  }

  /**
   * Opens a file and checks everything but the elements.
   *
   * @throws FileException if it cannot be read or is not a sound {@code .npz} file
   */
  public static NpzFile open(Path file) {
    ZipFile zip = null;
    try {
      if (Files.isDirectory(file)) {
        throw FileException.of(file.toString(), "is a folder", "name a file in it");
      }
      zip = new ZipFile(file.toFile());
      NpzFile opened = new NpzFile(file, zip, Files.size(file));
      zip = null;
      return opened;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    } finally {
      closeQuietly(zip);
    }
  }

  private static void closeQuietly(@Nullable ZipFile zip) {
    try {
      if (zip != null) {
        zip.close();
      }
    } catch (IOException e) {
      // Nothing was written; the exception under way says more.
    }
  }

  private Map<String, NpyArray> read(long size) throws IOException {
    if (zip.size() > MAX_ENTRIES) {
      throw bad("holds " + zip.size() + " entries, at most " + MAX_ENTRIES + " are read");
    }
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    long packed = 0;
    long unpacked = 0;
    for (ZipEntry e : Collections.list(zip.entries())) {
      if (entries.putIfAbsent(checkName(e), e) != null) {
        throw bad("holds \"" + e.getName() + "\" twice");
      }
      checkSizes(e, size);
      packed += e.getCompressedSize(); // below the file's size each, and at most 2^16 of them
      unpacked += e.getMethod() == ZipEntry.STORED ? 0 : e.getSize();
    }
    if (packed > size) {
      throw bad("its entries take " + packed + " bytes, but the file has " + size);
    }
    if (unpacked > Math.max(ALWAYS_UNPACKED, USUAL_RATIO * size)) {
      throw FileException.of(
          source,
          "would unpack from " + size + " to " + unpacked + " bytes",
          "if that is honest, save it by numpy.savez, which packs nothing");
    }
    Map<String, NpyArray> found = new LinkedHashMap<>();
    for (Map.Entry<String, ZipEntry> e : entries.entrySet()) {
      found.put(e.getKey(), array(e.getKey(), e.getValue()));
    }
    return found;
  }

  private NpyArray array(String name, ZipEntry e) throws IOException {
    String where = source + ", in " + e.getName();
    try (InputStream in = zip.getInputStream(e)) {
      NpyHeader header = NpyHeader.read(where, in);
      NpyArray.checkSize(where, header, e.getSize());
      return new NpyArray(
          name, where, header, () -> new CheckedStream(zip.getInputStream(e), e.getCrc()), false);
    }
  }

  private void checkSizes(ZipEntry e, long fileSize) {
    long size = e.getSize();
    long packed = e.getCompressedSize();
    boolean stored = e.getMethod() == ZipEntry.STORED;
    if (size < 0
        || packed < 0
        || packed > fileSize
        || (stored ? packed != size : size > MAX_RATIO * packed + MAX_RATIO)) {
      throw bad(
          "\""
              + e.getName()
              + "\" claims to hold "
              + size
              + " bytes in "
              + packed
              + " of the file");
    }
  }

  /** Returns the array's name, of which no file could be made that lies elsewhere. */
  private String checkName(ZipEntry e) {
    String name = e.getName();
    if (!name.endsWith(SUFFIX)) {
      throw bad("holds \"" + name + "\", which is no array of NumPy's");
    }
    if (!isPlain(name)) {
      throw bad("holds \"" + name + "\", a name that points out of the archive");
    }
    return name.substring(0, name.length() - SUFFIX.length());
  }

  /** Says whether a name stays below a folder, on any system. */
  static boolean isPlain(String name) {
    if (name.startsWith("/") || name.indexOf('\\') >= 0 || name.matches("[A-Za-z]:.*")) {
      return false;
    }
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return name.chars().noneMatch(Character::isISOControl);
  }

  private FileException bad(String reason) {
    return FileException.of(source, reason, BROKEN);
  }

  /** Returns the arrays by name, in the archive's order; they can be read until it is closed. */
  public Map<String, NpyArray> arrays() {
    return arrays;
  }

  /** Returns the file's name, for messages. */
  public String source() {
    return source;
  }

  /**
   * Returns an array.
   *
   * @throws FileException if the file has none of this name
   */
  public NpyArray array(String name) {
    NpyArray a = arrays.get(name);
    if (a == null) {
      throw FileException.of(
          source,
          "has no array \"" + name + "\"",
          "it has " + arrays.size() + ": " + SafetensorsHeader.names(arrays.keySet()));
    }
    return a;
  }

  /** Returns an array's extents. */
  public Shape shape(String name) {
    return array(name).shape();
  }

  /** Lets go of the file; a second call does nothing. */
  @Override
  public void close() {
    closeQuietly(zip);
  }
}

package io.cortado.cpu.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The sizes of the caches that one core sees, in bytes.
 *
 * @param level1 of the first-level data cache
 * @param level2 of the second-level cache
 */
record CacheSizes(int level1, int level2) {

  /**
   * What is assumed where the system does not say: every server and desktop processor of the last
   * ten years has 32 KiB, and all but Intel's oldest of them 512 KiB or more.
   */
  static final CacheSizes DEFAULT = new CacheSizes(32 << 10, 512 << 10);

  private static final Path LINUX = Path.of("/sys/devices/system/cpu/cpu0/cache");
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  /** What AMD's processors call "cache size" there is a core's second level, Intel's the third. */
  private static final Pattern AMD_LEVEL2 =
      Pattern.compile("(?s)vendor_id\\s*:\\s*AuthenticAMD.*?\\ncache size\\s*:\\s*([0-9]{1,5}) KB");

  /** Asks the system, Linux only. */
  static CacheSizes ofThisMachine() {
    return of(LINUX, PROCESSORS);
  }

  /**
   * Reads a folder like Linux's: {@code index*} with the files level, type and size. Virtual
   * machines often lack it.
   *
   * @param processors a file like Linux's list of processors, for what the folder does not say
   */
  static CacheSizes of(Path folder, Path processors) {
    int level1 = DEFAULT.level1;
    int level2 = level2(processors);
    for (String index : List.of("index0", "index1", "index2", "index3")) {
      Path cache = folder.resolve(index);
      String type = read(cache.resolve("type"));
      int size = bytes(read(cache.resolve("size")));
      if (size > 0 && !type.equals("Instruction")) {
        switch (read(cache.resolve("level"))) {
          case "1" -> level1 = size;
          case "2" -> level2 = size;
          default -> {
            // The third level is shared, by how many cores in use nobody says.
          }
        }
      }
    }
    return new CacheSizes(level1, level2);
  }

  private static int level2(Path processors) {
    Matcher m = AMD_LEVEL2.matcher(read(processors));
    return m.find() && !m.group(1).equals("0")
        ? Integer.parseInt(m.group(1)) << 10
        : DEFAULT.level2;
  }

  /** Returns what a file says, or nothing where it cannot be read: then the defaults hold. */
  private static String read(Path file) {
    try {
      return Files.isReadable(file) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** Reads a size such as 32K; 0 where it is none. */
  private static int bytes(String text) {
    return text.matches("[0-9]{1,6}K")
        ? Integer.parseInt(text.substring(0, text.length() - 1)) << 10
        : 0;
  }
}

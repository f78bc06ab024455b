package io.cortado.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Gives readers spoiled files: each is refused by an exception meant for users or read as what it
 * says, and takes little memory. {@code -Dcortado.fuzz=100000} spoils more of them, {@code
 * -Dcortado.fuzz.seed} others.
 */
public final class Spoiled {

  /** How many files of a kind. */
  private static final int INPUTS = Integer.getInteger("cortado.fuzz", 500);

  private static final long SEED = Long.getLong("cortado.fuzz.seed", 1);

  private final Random random = new Random(SEED);
  private final byte[][] good;
  private final List<byte[]> tokens;

  /**
   * Makes a source of spoiled files.
   *
   * @param tokens what a format's grammar gives a meaning to
   */
  public Spoiled(List<byte[]> tokens, byte[]... good) {
    this.tokens = tokens;
    this.good = good;
  }

  /** Reads a file, or refuses it. */
  @FunctionalInterface
  public interface Reader {
    void read(byte[] file) throws IOException;
  }

  /** Returns the next. */
  public byte[] next() {
    byte[] bad = good[random.nextInt(good.length)].clone();
    for (int change = random.nextInt(4); change >= 0; change--) {
      bad = changed(bad);
    }
    return bad;
  }

  private byte[] changed(byte[] b) {
    if (b.length == 0) {
      return b;
    }
    // Headers matter most, and they stand in front.
    int at = random.nextInt(random.nextBoolean() ? Math.min(200, b.length) : b.length);
    int end = Math.min(b.length, at + 1 + random.nextInt(48));
    return switch (random.nextInt(7)) {
      case 0 -> {
        b[at] ^= (byte) (1 << random.nextInt(8));
        yield b;
      }
      case 1 -> {
        b[at] = (byte) random.nextInt();
        yield b;
      }
      case 2 -> Arrays.copyOf(b, at);
      case 3 -> splice(b, at, random.nextBoolean() ? at : end, tokens());
      case 4 -> splice(b, end, end, Arrays.copyOfRange(b, at, end));
      case 5 -> splice(b, at, end, new byte[0]);
      default -> {
        int from = random.nextInt(b.length);
        byte[] some = Arrays.copyOfRange(b, from, Math.min(b.length, from + end - at));
        yield splice(b, at, Math.min(b.length, at + some.length), some);
      }
    };
  }

  private byte[] tokens() {
    return tokens.get(random.nextInt(tokens.size()));
  }

  private static byte[] splice(byte[] b, int from, int to, byte[] middle) {
    byte[] out = Arrays.copyOf(b, from + middle.length + b.length - to);
    System.arraycopy(middle, 0, out, from, middle.length);
    System.arraycopy(b, to, out, from + middle.length, b.length - to);
    return out;
  }

  /**
   * Has them read.
   *
   * @param memory the most bytes of heap that reading one may take
   * @param refusals the exceptions that say to a user what is wrong
   */
  public void readBy(Reader reader, long memory, List<Class<? extends Exception>> refusals) {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    loadClasses(reader);
    int refused = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] file = next();
      long before = thread.getCurrentThreadAllocatedBytes();
      try {
        reader.read(file);
      } catch (Exception | StackOverflowError | OutOfMemoryError e) {
        if (refusals.stream().noneMatch(r -> r.isInstance(e))) {
          throw new AssertionError("input " + i + " of seed " + SEED, e);
        }
        assertThat(e.getMessage()).as("input %d of seed %d", i, SEED).isNotBlank();
        refused++;
      }
      assertThat(thread.getCurrentThreadAllocatedBytes() - before)
          .as("bytes for input %d of seed %d", i, SEED)
          .isLessThan(memory);
    }
    assertThat(refused).as("refused").isBetween(INPUTS / 20, INPUTS - INPUTS / 200);
  }

  /**
   * Reads a sound file and a truncated one, so that what a first reading allocates for classes is
   * not counted for a spoiled one.
   */
  private void loadClasses(Reader reader) {
    for (byte[] file : List.of(good[0], Arrays.copyOf(good[0], good[0].length / 2))) {
      try {
        reader.read(file);
      } catch (IOException | RuntimeException e) {
        // Whether these may be refused, and how, is judged with the spoiled ones.
      }
    }
  }
}

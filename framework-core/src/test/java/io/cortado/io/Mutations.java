package io.cortado.io;

import java.util.Arrays;
import java.util.Random;

/** Spoils files at random, as a disk, a network or an enemy would; a seed repeats it. */
final class Mutations {

  private static final byte[][] DEAR = {
    {0},
    {-1},
    {127},
    {-128},
    {-1, -1, -1, -1},
    {-1, -1, -1, 127},
    {0, 0, 0, -128},
    {'0'},
    {'9', '9', '9', '9', '9', '9', '9', '9', '9', '9'},
    {'-', '1'},
    {'{'},
    {'}'},
    {'['},
    {']'},
    {'"'},
    {'\''},
    {','},
    {'('},
    {')'},
    {'\\'},
    {'.', '.', '/'},
    {' '},
    {'\n'},
    {'e', '9'}
  };

  private final Random random;

  Mutations(long seed) {
    random = new Random(seed);
  }

  /** Returns a copy with a few changes. */
  byte[] of(byte[] good) {
    byte[] bad = good.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bad.length > 0; i++) {
      bad = once(bad);
    }
    return bad;
  }

  /** Returns one of several. */
  byte[] choose(byte[][] files) {
    return files[random.nextInt(files.length)];
  }

  boolean coin() {
    return random.nextBoolean();
  }

  private byte[] once(byte[] b) {
    int at = place(b);
    switch (random.nextInt(8)) {
      case 0 -> b[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> b[at] = (byte) random.nextInt();
      case 2 -> b[at] += (byte) (random.nextBoolean() ? 1 : -1);
      case 3 -> {
        return Arrays.copyOf(b, at);
      }
      case 4 -> {
        byte[] some = DEAR[random.nextInt(DEAR.length)];
        return splice(
            b, at, random.nextBoolean() ? at : Math.min(b.length, at + some.length), some);
      }
      case 5 -> { // something twice
        int end = Math.min(b.length, at + 1 + random.nextInt(64));
        return splice(b, end, end, Arrays.copyOfRange(b, at, end));
      }
      case 6 -> { // something left out
        return splice(b, at, Math.min(b.length, at + 1 + random.nextInt(16)), new byte[0]);
      }
      default -> { // something from elsewhere
        int from = place(b);
        byte[] some =
            Arrays.copyOfRange(b, from, Math.min(b.length, from + 1 + random.nextInt(32)));
        return splice(b, at, Math.min(b.length, at + some.length), some);
      }
    }
    return b;
  }

  /** Headers matter most, and they stand in front. */
  private int place(byte[] b) {
    return random.nextInt(random.nextBoolean() ? Math.min(b.length, 160) : b.length);
  }

  private static byte[] splice(byte[] b, int from, int to, byte[] middle) {
    byte[] out = Arrays.copyOf(b, from + middle.length + b.length - to);
    System.arraycopy(middle, 0, out, from, middle.length);
    System.arraycopy(b, to, out, from + middle.length, b.length - to);
    return out;
  }
}

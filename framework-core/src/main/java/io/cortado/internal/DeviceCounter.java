package io.cortado.internal;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A count of steps in device memory, and what the host knows of it.
 *
 * <p>Counting happens on the device, so that a recorded step can count itself; a copy is needed
 * only where somebody sets the number.
 */
public final class DeviceCounter {

  /** How many int32 elements the number takes: the low word and the high one. */
  public static final int WORDS = 2;

  private static final long UNKNOWN = Long.MIN_VALUE;

  private final Backend backend;
  private final Buffer buffer;
  private final int[] words = new int[WORDS];
  private long value = UNKNOWN; // the device's, if no step was skipped

  /**
   * Makes a counter whose number is not known yet.
   *
   * @param buffer of {@link #WORDS} elements, which stays the caller's to free
   */
  public DeviceCounter(Backend backend, Buffer buffer) {
    this.backend = backend;
    this.buffer = buffer;
  }

  /** Returns the number's place in device memory. */
  public Buffer buffer() {
    return buffer;
  }

  /** Copies a number to the device, if it does not hold that already. */
  public void set(long number) {
    if (number != value) {
      words[0] = (int) number;
      words[1] = (int) (number >>> 32);
      backend.upload(words, 0, buffer, 0, WORDS);
      value = number;
    }
  }

  /** Makes the device hold a number; the one that follows needs no copy. */
  public void moveTo(long number) {
    if (number == value + 1) {
      advance(null);
    } else {
      set(number);
    }
  }

  /**
   * Counts on the device.
   *
   * @param skip see {@link Backend#advance}
   */
  public void advance(@Nullable Buffer skip) {
    record(skip);
    advanced();
  }

  /**
   * Counts on the device as part of a recording, each replay of which {@link #advanced} follows.
   */
  public void record(@Nullable Buffer skip) {
    backend.advance(buffer, skip);
  }

  /** Notes that a replay has counted. */
  public void advanced() {
    value++;
  }

  /** Returns the device's number, 0 if it was never set; waits for the device. */
  public long read() {
    if (value == UNKNOWN) {
      return 0;
    }
    backend.download(buffer, 0, words, 0, WORDS);
    value = Integer.toUnsignedLong(words[0]) | (long) words[1] << 32;
    return value;
  }

  /** Forgets what is known, so that the next number is copied. */
  public void forget() {
    value = UNKNOWN;
  }
}

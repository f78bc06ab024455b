package io.cortado.tck;

import io.cortado.backend.Backend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * What all suites have in common: one backend, opened before the first test and closed after the
 * last.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendSuite {

  /** What gradients are written with: over what was there, or added to it. */
  static final float[] BETAS = {0, 1};

  /** Extents that are no multiples of a vector, a tile or a warp, and some that are. */
  static final int[] AWKWARD = {1, 3, 7, 13, 16, 17, 33, 64, 127};

  private Backend backend;
  private long inUse;

  /** For subclasses. */
  protected BackendSuite() {}

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend open();

  @BeforeAll
  void openBackend() {
    backend = open();
  }

  @BeforeEach
  void rememberMemory() {
    inUse = backend.memory().inUseBytes();
  }

  @AfterEach
  void checkMemory() {
    long now = backend.memory().inUseBytes();
    if (now != inUse) {
      throw new AssertionError(
          "%d bytes were in use before the test, %d are after it: an operation keeps or loses memory"
              .formatted(inUse, now));
    }
  }

  @AfterAll
  void closeBackend() {
    backend.close();
  }

  /** Returns the backend under test. */
  final Backend backend() {
    return backend;
  }

  /** Returns the bound for sums of k products at the precision the backend was opened with. */
  final Tolerance forProducts(long k) {
    return Tolerance.forProducts(k, backend.precision());
  }

  /** Returns a bench whose operands start at multiples of 64. */
  final Bench bench() {
    return new Bench(backend, 0);
  }

  /** Returns a bench whose inputs start at odd addresses for odd numbers. */
  final Bench bench(int number) {
    return new Bench(backend, number & 1);
  }
}

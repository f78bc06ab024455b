package io.cortado.backend;

import io.cortado.DType;

/**
 * A run of elements in a backend's memory.
 *
 * <p>Opaque to everything above the seam. Contiguous; the layout of what is inside is row-major. A
 * buffer may be longer than what was asked for, because pools round up: operations take their
 * extents from their specs, never from {@link #length()}.
 */
public interface Buffer {

  /** Returns the type of the elements. */
  DType dtype();

  /** Returns how many elements fit, at least as many as were asked for. */
  long length();
}

package io.cortado.backend;

/** Operations that were recorded once and can be executed again and again, as one. */
public interface Recording extends AutoCloseable {

  /**
   * Executes all of it, on the buffers that the operations were called with.
   *
   * @throws BackendException if the device fails
   */
  void replay();

  /** Frees what belongs to it; a second call does nothing. */
  @Override
  void close();
}

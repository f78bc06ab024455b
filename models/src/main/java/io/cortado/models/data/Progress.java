package io.cortado.models.data;

/** Is told how a download goes. */
@FunctionalInterface
public interface Progress {

  /** Shows nothing. */
  Progress NONE = (file, done, total) -> {};

  /**
   * Shows how far it is; called about every 64 KiB, and at the end with {@code done == total}.
   *
   * @param file the file's name
   * @param done bytes that are here, those of an earlier attempt included
   * @param total bytes of the whole file
   */
  void update(String file, long done, long total);
}

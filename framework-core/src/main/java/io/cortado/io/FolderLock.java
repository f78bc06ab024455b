package io.cortado.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to write to a folder, which one program has at a time, and one of its runs.
 *
 * <p>A lock on a file in the folder, which ends with the program however that ends; the file stays.
 */
public final class FolderLock implements AutoCloseable {

  /**
   * The files that this process has locked, by their real paths. It is static because what it tells
   * of belongs to the process, too: POSIX drops all of a process's locks on a file when any of its
   * channels on it is closed, so that a second one may not even be opened.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock; empty if another run has it.
   *
   * @param folder a folder that exists
   * @param name the name of the file in it, which is made if need be
   * @throws IOException if the file cannot be opened or locked
   */
  public static Optional<FolderLock> take(Path folder, String name) throws IOException {
    Path file = folder.toRealPath().resolve(name);
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    boolean locked = false;
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        locked = channel.tryLock() != null;
      } catch (OverlappingFileLockException e) {
        // something else in this process has it, which does not ask here
      } finally {
        if (!locked) {
          channel.close();
        }
      }
      return locked ? Optional.of(new FolderLock(file, channel)) : Optional.empty();
    } finally {
      if (!locked) {
        HELD.remove(file);
      }
    }
  }

  /** Lets others have the folder; a second call does nothing. */
  @Override
  public void close() throws IOException {
    if (!channel.isOpen()) {
      return; // else what another run holds by now would be let go
    }
    try {
      channel.close();
    } finally {
      HELD.remove(file);
    }
  }
}

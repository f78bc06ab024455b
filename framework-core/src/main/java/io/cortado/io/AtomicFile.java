package io.cortado.io;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a file as a whole or not at all.
 *
 * <p>The new contents go to a hidden file beside the old one, are forced to the disk, and take the
 * old one's name by a single rename. Whatever fails before that (a full disk, an unwritable folder,
 * an exception of the caller's) removes the hidden file and leaves the old one as it was. A crash
 * of the machine leaves either the old or the new contents.
 */
public final class AtomicFile {

  /** Writes a file's contents. */
  @FunctionalInterface
  public interface Contents {
    /** Writes everything; the stream is not buffered and is closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Replaces a file.
   *
   * @throws FileException if that fails; the old file is untouched then, unless the message says
   *     that the new one is there
   */
  public static void write(Path file, Contents contents) {
    write(file, contents, AtomicFile::syncFolder);
  }

  /** Makes what is in a folder last. */
  interface FolderSync {
    void sync(Path folder) throws IOException;
  }

  static void write(Path file, Contents contents, FolderSync folders) {
    Path folder = replace(file, contents);
    try {
      folders.sync(folder);
    } catch (IOException e) {
      throw FileException.notLasting(file, e);
    }
  }

  /** Returns the folder that the file is in. */
  private static Path replace(Path file, Contents contents) {
    try {
      Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
      if (Files.isDirectory(target)) {
        throw new FileSystemException(file.toString(), null, "it is a folder");
      }
      Path temporary = createBeside(target);
      try {
        // Not a FileChannel: an interrupt would close that in the middle of the last good save.
        try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
          contents.writeTo(out);
          out.getFD().sync();
        }
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (Throwable e) {
        try {
          Files.deleteIfExists(temporary);
        } catch (IOException left) {
          e.addSuppressed(left);
        }
        throw e;
      }
      return folder(target);
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }

  private static Path createBeside(Path target) throws IOException {
    Path folder = folder(target);
    if (!Files.isDirectory(folder)) {
      throw new FileSystemException(
          folder.toString(),
          null,
          Files.exists(folder) ? "it is not a folder" : "there is no such folder");
    }
    String prefix = "." + target.getFileName() + "." + ProcessHandle.current().pid() + "-";
    for (int i = 0; ; i++) {
      try {
        return Files.createFile(folder.resolve(prefix + i + ".tmp"));
      } catch (FileAlreadyExistsException taken) {
        if (i == 1000) {
          throw taken;
        }
      }
    }
  }

  private static Path folder(Path target) throws IOException {
    Path folder = target.getParent();
    if (folder == null) {
      throw new FileSystemException(target.toString(), null, "it is the root of the file system");
    }
    return folder;
  }

  /**
   * Makes renames in a folder last, as forcing a file makes its contents last; Windows has no such
   * thing and does not let a folder be opened.
   */
  public static void syncFolder(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      boolean interrupted = Thread.interrupted();
      try {
        while (true) {
          try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
            return;
          } catch (ClosedByInterruptException e) {
            interrupted |= Thread.interrupted();
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}

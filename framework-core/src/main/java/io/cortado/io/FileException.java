package io.cortado.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Says that a file cannot be read, written, or used for what was asked: which file, why, and what
 * helps.
 */
public final class FileException extends RuntimeException {

  private static final long NOWHERE = -1;

  private final String file;
  private final long offset;

  private FileException(String file, long offset, String what, @Nullable Throwable cause) {
    super(file + (offset == NOWHERE ? ": " : ", at byte " + offset + ": ") + what, cause);
    this.file = file;
    this.offset = offset;
  }

  /**
   * Says what is wrong with a file as a whole.
   *
   * @param remedy what the user can do about it
   */
  public static FileException of(String file, String reason, String remedy) {
    return new FileException(file, NOWHERE, reason + "; " + remedy, null);
  }

  /**
   * Says what is wrong at one place in a file.
   *
   * @param remedy what the user can do about it
   */
  public static FileException at(String file, long offset, String reason, String remedy) {
    return new FileException(file, offset, reason + "; " + remedy, null);
  }

  /** Says that reading failed. */
  public static FileException reading(Path file, IOException cause) {
    return reading(file.toString(), cause);
  }

  /** Says that reading failed, of what is no file by itself. */
  static FileException reading(String file, IOException cause) {
    return new FileException(
        file,
        NOWHERE,
        "cannot be read: " + reason(cause) + "; check the path and its permissions",
        cause);
  }

  /** Says that writing failed, and that what was there before still is. */
  public static FileException writing(Path file, IOException cause) {
    return new FileException(
        file.toString(),
        NOWHERE,
        "cannot be written: "
            + reason(cause)
            + "; nothing was overwritten: choose another folder, or make room there",
        cause);
  }

  /** Says that a file was written, but that its name may not outlast a crash of the machine. */
  static FileException notLasting(Path file, IOException cause) {
    return new FileException(
        file.toString(),
        NOWHERE,
        "was written, but its folder could not be forced to the disk: "
            + reason(cause)
            + "; a crash of the machine may bring the old contents back: check the disk, and write it once more",
        cause);
  }

  /** Returns the file's name as the caller gave it. */
  public String file() {
    return file;
  }

  /** Returns the byte in the file that the message is about, or -1 if it is about the whole. */
  public long offset() {
    return offset;
  }

  /** Puts into words what Java's exceptions say by their class alone. */
  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException f -> "there is no " + f.getFile();
      case AccessDeniedException f -> "permission denied for " + f.getFile();
      case NotDirectoryException f -> f.getFile() + " is not a folder";
      case FileSystemException f when f.getReason() != null ->
          f.getReason() + " (" + f.getFile() + ")";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}

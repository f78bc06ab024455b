package io.cortado.models;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Puts into words what Java's exceptions of files say by their class alone. */
public final class IoWords {

  private IoWords() {}

  /** Returns what went wrong in reading or writing, and a remedy. */
  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException f -> missing(f.getFile());
      case AccessDeniedException f -> f.getFile() + ": permission denied; choose another place";
      case FileSystemException f when f.getReason() != null ->
          f.getFile() + ": " + f.getReason() + "; choose another place, or make room there";
      default -> "reading or writing failed: " + why(e) + "; is the disk full?";
    };
  }

  /** Returns why a user's file or folder cannot be read, and a remedy. */
  public static String unreadable(Path file, IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> missing(file.toString());
      case AccessDeniedException _ ->
          file + ": permission denied; make it readable, or give another";
      case IOException _ when !(e instanceof FileSystemException) && Files.isDirectory(file) ->
          file + " is a folder; give a file";
      default -> file + " cannot be read (" + why(e) + "); check that it is whole";
    };
  }

  /** Returns what a failure says beside the name of its file. */
  public static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      case NotDirectoryException _ -> "it is no folder";
      case EOFException _ -> "it ends too early";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static String missing(String file) {
    return file + " does not exist; check the path";
  }
}

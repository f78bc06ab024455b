package io.cortado.models.cli;

import io.cortado.io.FileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kinds of files that tensors stand in. */
enum FileKind {
  SAFETENSORS,
  NPY,
  NPZ,
  ONNX;

  private static final int HEAD = 9;
  private static final int ONNX_START = 8; // the tag of the file's version, which writers put first

  /**
   * Looks at a file's first bytes.
   *
   * @throws FileException if it cannot be read, or is of no kind known here
   */
  static FileKind of(Path file) {
    byte[] b;
    try (InputStream in = Files.newInputStream(file)) {
      b = in.readNBytes(HEAD);
    } catch (IOException e) {
      throw Files.isDirectory(file)
          ? FileException.of(file.toString(), "is a folder", "name a file in it")
          : FileException.reading(file, e);
    }
    if (b.length == HEAD) {
      if (b[8] == '{') {
        return SAFETENSORS;
      }
      if (b[0] == (byte) 0x93 && b[1] == 'N') {
        return NPY;
      }
      if (b[0] == 'P' && b[1] == 'K') {
        return NPZ;
      }
      if (b[0] == ONNX_START) {
        return ONNX;
      }
    }
    throw FileException.of(
        file.toString(),
        "does not start as safetensors, .npy, .npz or ONNX do",
        "give a file of one of these kinds");
  }
}

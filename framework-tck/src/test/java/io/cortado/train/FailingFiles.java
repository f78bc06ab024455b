package io.cortado.train;

import java.io.IOException;
import java.nio.file.Path;

/** A disk on which one of all calls fails, or every call from one on; a write leaves half. */
final class FailingFiles implements CheckpointFiles {

  private final int failing;
  private final boolean forGood;
  private int calls;

  FailingFiles(int failing, boolean forGood) {
    this.failing = failing;
    this.forGood = forGood;
  }

  int calls() {
    return calls;
  }

  private boolean fails() {
    calls++;
    return forGood ? calls >= failing : calls == failing;
  }

  private void call() throws IOException {
    if (fails()) {
      throw full();
    }
  }

  private static IOException full() {
    return new IOException("No space left on device");
  }

  @Override
  public void createFolder(Path folder) throws IOException {
    call();
    DISK.createFolder(folder);
  }

  @Override
  public Output create(Path file) throws IOException {
    call();
    Output out = DISK.create(file);
    return new Output() {
      @Override
      public void write(int b) throws IOException {
        call();
        out.write(b);
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        if (fails()) {
          out.write(bytes, from, count / 2);
          throw full();
        }
        out.write(bytes, from, count);
      }

      @Override
      void sync() throws IOException {
        call(); // alone: only a power cut shows whether a disk was forced
      }

      @Override
      public void close() throws IOException {
        out.close();
        call();
      }
    };
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    call();
    DISK.move(from, to);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    call();
  }

  @Override
  public void delete(Path path) throws IOException {
    call();
    DISK.delete(path);
  }
}

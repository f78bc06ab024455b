package io.cortado.train;

import io.cortado.io.AtomicFile;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Everything that writing checkpoints asks of a disk, so that tests can let each call fail. */
interface CheckpointFiles {

  /** The file system itself. */
  CheckpointFiles DISK = new Disk();

  /** A file that is being written. */
  abstract class Output extends OutputStream {
    /** Forces what was written to the disk. */
    abstract void sync() throws IOException;
  }

  /** Makes a folder that is not there yet. */
  void createFolder(Path folder) throws IOException;

  /** Begins a file that is not there yet. */
  Output create(Path file) throws IOException;

  /** Renames within a file system, at once. */
  void move(Path from, Path to) throws IOException;

  /** Makes renames in a folder last. */
  void syncFolder(Path folder) throws IOException;

  /** Deletes a file or an empty folder. */
  void delete(Path path) throws IOException;

  /** The file system itself. */
  final class Disk implements CheckpointFiles {

    @Override
    public void createFolder(Path folder) throws IOException {
      Files.createDirectory(folder);
    }

    @Override
    public Output create(Path file) throws IOException {
      // Not a FileChannel: an interrupt would close that in the middle of a checkpoint.
      FileOutputStream out = new FileOutputStream(file.toFile());
      return new Output() {
        @Override
        public void write(int b) throws IOException {
          out.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
          out.write(bytes, from, count);
        }

        @Override
        void sync() throws IOException {
          out.getFD().sync();
        }

        @Override
        public void close() throws IOException {
          out.close();
        }
      };
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
      AtomicFile.syncFolder(folder);
    }

    @Override
    public void delete(Path path) throws IOException {
      Files.delete(path);
    }
  }
}

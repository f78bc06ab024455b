package io.cortado.train;

import io.cortado.internal.Logs;
import io.cortado.io.AtomicFile;
import io.cortado.io.FileException;
import io.cortado.io.FolderLock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A folder that one run writes its checkpoints into, locked against others.
 *
 * <p>A checkpoint is written under a hidden name, each file and the folder forced to the disk, and
 * gets its name by a single rename. What fails before that leaves all others as they were.
 */
final class CheckpointFolder implements AutoCloseable {

  private static final Logger LOG = Logs.of(CheckpointFolder.class);

  private static final String LOCK = ".lock";
  private static final String TEMPORARY = ".tmp";

  private final Path folder;
  private final CheckpointFiles files;
  private final FolderLock lock;

  private CheckpointFolder(Path folder, CheckpointFiles files, FolderLock lock) {
    this.folder = folder;
    this.files = files;
    this.lock = lock;
  }

  /**
   * Locks a folder, which is made if need be, and removes what a killed run left unfinished.
   *
   * @throws FileException if that fails, or another run has the folder
   */
  static CheckpointFolder open(Path folder, CheckpointFiles files) {
    boolean interrupted = Thread.interrupted(); // it would close the channel
    try {
      Files.createDirectories(folder);
      CheckpointFolder opened = new CheckpointFolder(folder, files, lock(folder));
      try {
        opened.removeUnfinished();
      } catch (IOException | RuntimeException e) {
        opened.close();
        throw e;
      }
      return opened;
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static FolderLock lock(Path folder) throws IOException {
    return FolderLock.take(folder, LOCK)
        .orElseThrow(() ->
            FileException.of(
                folder.toString(),
                "is in use: another run writes its checkpoints there",
                "wait for its end, or name another folder"));
  }

  private void removeUnfinished() throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, ".step-*" + TEMPORARY)) {
      for (Path one : left) {
        remove(one);
      }
    }
  }

  /**
   * Sees to it that a run may write here: what is here has to be its own past. A damaged checkpoint
   * is renamed, so that it never counts as one that is kept.
   *
   * @param run the run's name for itself
   * @param start where the run begins; null for a run that begins anew
   * @throws FileException if there are checkpoints of another run, or newer ones
   */
  void begin(String run, @Nullable CheckpointName start) {
    for (CheckpointName name : StoredCheckpoint.list(folder)) {
      Path one = folder.resolve(name.toString());
      try {
        Checksums.verify(one);
      } catch (FileException e) {
        LOG.warn("{}", e.getMessage());
        setAside(one);
        continue;
      }
      if (start != null && name.compareTo(start) > 0) {
        throw FileException.of(
            folder.toString(),
            "holds " + name + ", which is newer than " + start + ", where this run begins",
            "resume from it, or name another folder for checkpoints");
      }
      if (start == null
          || !StoredCheckpoint.sound(one).texts().text(TrainingState.RUN).equals(run)) {
        throw FileException.of(
            folder.toString(),
            "holds the checkpoints of another run, " + name + " for one",
            "resume from it, or name another folder for checkpoints");
      }
      return;
    }
  }

  private void setAside(Path damaged) {
    try {
      for (int i = 0; ; i++) {
        Path to = folder.resolve(damaged.getFileName() + ".damaged" + (i == 0 ? "" : "-" + i));
        if (!Files.exists(to)) {
          files.move(damaged, to);
          return;
        }
      }
    } catch (IOException e) {
      throw FileException.writing(damaged, e);
    }
  }

  /**
   * Writes a checkpoint, as a whole or not at all.
   *
   * @throws FileException if that fails; all others are untouched then
   */
  void write(Snapshot snapshot) {
    Path target = folder.resolve(snapshot.name().toString());
    Path temporary = hidden(snapshot.name());
    try {
      if (!Files.exists(target)) { // else it has its name already, and may not be there for good
        try {
          fill(temporary, snapshot);
          files.move(temporary, target);
        } catch (Throwable e) {
          try {
            remove(temporary);
          } catch (IOException left) {
            e.addSuppressed(left);
          }
          throw e;
        }
      }
      files.syncFolder(folder);
    } catch (IOException e) {
      throw FileException.writing(target, e);
    }
  }

  private Path hidden(CheckpointName name) {
    return folder.resolve("." + name + TEMPORARY);
  }

  private void fill(Path temporary, Snapshot snapshot) throws IOException {
    remove(temporary); // of an attempt that failed, and whose removal did
    files.createFolder(temporary);
    Map<String, String> sums = new LinkedHashMap<>();
    sums.put(
        StoredCheckpoint.MODEL,
        write(temporary.resolve(StoredCheckpoint.MODEL), snapshot.modelFile()::writeTo));
    sums.put(
        StoredCheckpoint.TRAINING,
        write(temporary.resolve(StoredCheckpoint.TRAINING), snapshot.trainingFile()::writeTo));
    byte[] text = Checksums.text(sums).getBytes(StandardCharsets.ISO_8859_1);
    write(temporary.resolve(Checksums.FILE), out -> out.write(text));
    files.syncFolder(temporary);
  }

  /** Writes a file and returns the checksum of what should be in it. */
  private String write(Path file, AtomicFile.Contents contents) throws IOException {
    MessageDigest digest = Checksums.digest();
    try (CheckpointFiles.Output disk = files.create(file)) {
      OutputStream out = new DigestOutputStream(disk, digest);
      contents.writeTo(out);
      disk.sync();
    }
    return Checksums.hex(digest);
  }

  /** Deletes all checkpoints but the newest, and one more. */
  void prune(int keepLast, @Nullable CheckpointName best) {
    List<CheckpointName> names = StoredCheckpoint.list(folder);
    for (CheckpointName name : names.subList(Math.min(keepLast, names.size()), names.size())) {
      if (!name.equals(best)) {
        try {
          Path gone = hidden(name);
          files.move(
              folder.resolve(name.toString()), gone); // half of one is not to be taken for it
          remove(gone);
        } catch (IOException e) {
          LOG.warn("{}: an old checkpoint could not be removed: {}", name, e.toString());
        }
      }
    }
  }

  private void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
        for (Path entry : entries) {
          remove(entry);
        }
      }
    }
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      files.delete(path);
    }
  }

  /** Lets others have the folder; a second call does nothing. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      LOG.warn("{}: the lock could not be closed: {}", folder, e.toString());
    }
  }
}

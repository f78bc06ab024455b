package io.cortado.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {

  @TempDir Path dir;

  @Test
  void oneRunHasAFolderUntilItLetsGo() throws IOException {
    Path folder = Files.createDirectory(dir.resolve("run"));
    Path other = Files.createSymbolicLink(dir.resolve("other"), folder);
    FolderLock first = FolderLock.take(folder, ".lock").orElseThrow();
    assertThat(FolderLock.take(folder, ".lock")).isEmpty();
    assertThat(FolderLock.take(other, ".lock")).isEmpty();
    assertThat(FolderLock.take(folder, ".another")).isPresent();
    first.close();
    FolderLock second = FolderLock.take(other, ".lock").orElseThrow();
    first.close();
    assertThat(FolderLock.take(folder, ".lock")).isEmpty();
    second.close();
  }
}

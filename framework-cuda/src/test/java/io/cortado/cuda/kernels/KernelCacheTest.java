package io.cortado.cuda.kernels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelCacheTest {

  @TempDir Path folder;

  private int computed;

  private String get(KernelCache cache, String... key) {
    byte[] code =
        cache.get(
            List.of(key),
            ".code",
            () -> {
              computed++;
              return ("code of " + String.join("+", key)).getBytes(UTF_8);
            });
    return new String(code, UTF_8);
  }

  @Test
  void whatWasCompiledIsKeptUnderAllThatItDependsOn() throws IOException {
    Path inside = folder.resolve("a").resolve("b");
    assertThat(get(new KernelCache(inside), "source", "sm_90")).isEqualTo("code of source+sm_90");
    assertThat(get(new KernelCache(inside), "source", "sm_90")).isEqualTo("code of source+sm_90");
    assertThat(computed).isEqualTo(1);
    assertThat(get(new KernelCache(inside), "source", "sm_80")).isEqualTo("code of source+sm_80");
    assertThat(get(new KernelCache(inside), "sources", "m_90")).isEqualTo("code of sources+m_90");
    assertThat(computed).isEqualTo(3);
    try (Stream<Path> files = Files.list(inside)) {
      assertThat(files).hasSize(3).allMatch(file -> file.toString().endsWith(".code"));
    }
  }

  @Test
  void aFolderThatCannotBeWrittenCostsTimeAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    KernelCache cache = new KernelCache(file);
    assertThat(get(cache, "source")).isEqualTo("code of source");
    assertThat(get(cache, "source")).isEqualTo("code of source");
    assertThat(computed).isEqualTo(2);
  }

  @Test
  void aFolderThatCannotBeWrittenIsToldOfOnce() throws IOException {
    KernelCache cache = new KernelCache(Files.writeString(folder.resolve("file"), "not a folder"));
    Logger logger = Logger.getLogger("io.cortado.cuda");
    List<LogRecord> said = new ArrayList<>();
    Handler listener =
        new Handler() {
          @Override
          public void publish(LogRecord message) {
            said.add(message);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(listener);
    try {
      get(cache, "source");
      get(cache, "another");
    } finally {
      logger.removeHandler(listener);
    }
    assertThat(computed).isEqualTo(2);
    assertThat(said)
        .singleElement()
        .satisfies(message -> assertThat(message.getMessage()).contains("cortado.cuda.cache"));
  }

  @Test
  void aWriteThatFailsLeavesNothingBehind() throws IOException {
    get(new KernelCache(folder), "source");
    Path kept;
    try (Stream<Path> files = Files.list(folder)) {
      kept = files.findFirst().orElseThrow();
    }
    // A folder with something in it, which no file can be moved to.
    Files.delete(kept);
    Files.createFile(Files.createDirectory(kept).resolve("in the way"));
    assertThat(get(new KernelCache(folder), "source")).isEqualTo("code of source");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(kept);
    }
  }
}

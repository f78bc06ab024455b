package io.cortado.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelCacheTest {

  @TempDir Path folder;

  private int computed;

  private String get(KernelCache cache, String... key) {
    return cache.get(
        List.of(key),
        () -> {
          computed++;
          return "code of " + String.join("+", key);
        });
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
      assertThat(files).hasSize(3).allMatch(file -> file.toString().endsWith(".ptx"));
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
}

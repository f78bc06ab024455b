package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.CpuBackendProvider;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.tck.TorchPage;
import io.cortado.tck.reference.ReferenceBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Makes docs/torch-comparison.md where {@code -Dcortado.torchPage=write} is given; else looks
 * whether it has to be made again.
 */
final class TorchPageTest {

  private static final Path PAGE = Path.of("../docs/torch-comparison.md");

  private static final String COMMAND =
      "mvn -pl framework-cuda -am test -Dtest=TorchPageTest -Dcortado.torchPage=write"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  @Test
  void pageIsOfThisVersion() throws IOException {
    SequencedMap<String, Supplier<Backend>> backends = new LinkedHashMap<>();
    backends.put("reference", ReferenceBackend::new);
    if ("write".equals(System.getProperty("cortado.torchPage"))) {
      backends.put("cpu", () -> new CpuBackendProvider().open(BackendOptions.DEFAULTS));
      backends.put(
          Emulator.isReplacedByAGpu() ? "cuda" : "cuda (emulated)", () -> CudaUnderTest.open(true));
      Files.writeString(PAGE, TorchPage.of(backends, COMMAND));
      CudaUnderTest.checkAfterwards();
    } else {
      // The conformance kit compares each backend already, and the emulator takes a minute.
      assertThat(withoutErrors(Files.readString(PAGE)))
          .as("%s is of another version; make it anew: %s", PAGE, COMMAND)
          .isEqualTo(withoutErrors(TorchPage.of(backends, COMMAND)));
    }
  }

  /** What does not depend on the machine: which losses there are, and of how many cases. */
  private static String withoutErrors(String page) {
    return page.lines()
        .map(line ->
            line.startsWith("| ")
                ? Arrays.stream(line.split("\\|", -1)).limit(4).collect(Collectors.joining("|"))
                : line)
        .collect(Collectors.joining("\n"));
  }
}

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
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
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

  /** Errors differ from machine to machine in their last digits. */
  private static final Pattern ERROR = Pattern.compile("\\d\\.\\de[-+]\\d\\d");

  @Test
  void pageIsOfThisVersion() throws IOException {
    SequencedMap<String, Supplier<Backend>> backends = new LinkedHashMap<>();
    backends.put("reference", ReferenceBackend::new);
    backends.put("cpu", () -> new CpuBackendProvider().open(BackendOptions.DEFAULTS));
    backends.put(
        Emulator.isReplacedByAGpu() ? "cuda" : "cuda (emulated)", () -> CudaUnderTest.open(true));
    String page = TorchPage.of(backends, COMMAND);
    if ("write".equals(System.getProperty("cortado.torchPage"))) {
      Files.writeString(PAGE, page);
    }
    assertThat(withoutErrors(Files.readString(PAGE)))
        .as("%s is of another version; make it anew: %s", PAGE, COMMAND)
        .isEqualTo(withoutErrors(page));
  }

  private static String withoutErrors(String page) {
    return ERROR.matcher(page.replace("cuda (emulated)", "cuda")).replaceAll("#");
  }

  @AfterAll
  static void nothingWasFound() {
    CudaUnderTest.checkAfterwards();
  }
}

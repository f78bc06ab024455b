package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Serves in a process of its own, and ends it by a signal. */
final class ServeCommandTest {

  @TempDir Path dir;

  @Test
  void anEmptyVariableIsNoToken() {
    assertThat(ServeCommand.secret(null, null)).isNull();
    assertThat(ServeCommand.secret(null, "")).isNull();
    assertThat(ServeCommand.secret(null, "word")).isEqualTo("word");
    assertThat(ServeCommand.secret("other", "word")).isEqualTo("other");
    assertThatThrownBy(() -> ServeCommand.secret("", "word")).hasMessageContaining("--token");
    assertThatThrownBy(() -> ServeCommand.secret(null, "two words"))
        .hasMessageContaining("CORTADO_TOKEN");
  }

  @Test
  void itServesUntilASignal() throws Exception {
    Cli.Result trained =
        Cli.run("train", "mlp", "--data", "digits", "--epochs", "1", "--out", dir.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Cortado.class.getName(),
                "serve",
                dir.resolve("weights.safetensors").toString(),
                "--port",
                "0")
            .redirectError(dir.resolve("err.txt").toFile())
            .start();
    try (BufferedReader lines = process.inputReader();
        HttpClient client = HttpClient.newHttpClient()) {
      String line = lines.readLine();
      assertThat(line).contains("serving ", " at http://127.0.0.1:");
      URI at = URI.create(line.substring(line.indexOf("http://")));
      HttpRequest ready = HttpRequest.newBuilder(at.resolve("ready")).build();
      assertThat(client.send(ready, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      process.toHandle().destroy(); // a signal; Process.destroy would close our end of the output
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(lines.readLine()).startsWith("stopped");
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void badOptionsAreRefused() {
    assertRefused("--port is 70000; give 0 to 65535", "x.safetensors", "--port", "70000");
    assertRefused("--token has to be", "x.safetensors", "--token", "a b");
    assertRefused("x.safetensors", "x.safetensors", "--port", "0");
    assertRefused("--queue", "x.safetensors", "--queue", "0");
  }

  private static void assertRefused(String reason, String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "serve";
    System.arraycopy(args, 0, all, 1, args.length);
    Cli.Result r = Cli.run(all);
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains(reason);
  }
}

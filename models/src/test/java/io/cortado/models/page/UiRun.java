package io.cortado.models.page;

import io.cortado.models.cli.Cortado;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** {@code cortado train ... --ui}, in this process, so that its page can be looked at. */
final class UiRun implements AutoCloseable {

  private final StringWriter said = new StringWriter();
  private final CompletableFuture<URI> address = new CompletableFuture<>();
  private final CompletableFuture<Integer> code = new CompletableFuture<>();

  /** Trains a small network on digits. */
  static UiRun mlp(Path out, int epochs, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("train", "mlp", "--data", "digits", "--epochs", Integer.toString(epochs)));
    args.addAll(List.of("--out", out.toString(), "--ui"));
    args.addAll(List.of(more));
    return new UiRun(args);
  }

  UiRun(List<String> args) {
    CommandLine line = Cortado.commandLine();
    PrintWriter out =
        new PrintWriter(
            new Tee(
                said,
                new LogLines(text -> {
                  if (text.startsWith("page ")) {
                    address.complete(URI.create(text.substring(5).strip()));
                  }
                })),
            true);
    line.setOut(out);
    line.setErr(out);
    Thread.ofPlatform()
        .name("ui-run")
        .start(() -> {
          int ended = line.execute(args.toArray(String[]::new));
          address.completeExceptionally(new IllegalStateException(said.toString()));
          code.complete(ended);
        });
  }

  URI address() throws Exception {
    return address.get(60, TimeUnit.SECONDS);
  }

  /** Waits for the end; returns the exit code. */
  int code() throws Exception {
    return code.get(60, TimeUnit.SECONDS);
  }

  String said() {
    return said.toString();
  }

  /** Ends the run if it goes on. */
  @Override
  public void close() throws Exception {
    if (!code.isDone()) {
      try (Viewer viewer = new Viewer(address())) {
        viewer.post("stop");
      }
      int unused = code();
    }
  }
}

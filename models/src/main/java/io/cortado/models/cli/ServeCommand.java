package io.cortado.models.cli;

import io.cortado.models.InputException;
import io.cortado.models.http.WebServer;
import io.cortado.models.serve.ModelServer;
import io.cortado.models.serve.ServeOptions;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado serve}. */
@Command(
    name = "serve",
    description = {
      "Answers HTTP with a trained model, until Ctrl-C or a termination.",
      "POST /predict takes a picture or JSON; / is a page to draw a digit; /model, /health, /ready"
          + " and /metrics tell of the server."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  cortado serve runs/first/weights.safetensors",
      "  cortado serve runs/first/weights.safetensors --port 0 --max-batch 64 --max-wait 5",
      "  CORTADO_TOKEN=secret cortado serve runs/first/weights.safetensors --host 0.0.0.0"
    })
final class ServeCommand implements Callable<Integer> {

  private static final String VARIABLE = "CORTADO_TOKEN";

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "A weights file that 'cortado train' wrote.")
  private Path file;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Where to listen; 0.0.0.0 is reached from everywhere (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "The port; 0 takes any that is free (default: ${DEFAULT-VALUE}).")
  private int port = 8080;

  @Option(
      names = "--token",
      paramLabel = "TEXT",
      description = {
        "What clients have to send as 'Authorization: Bearer TEXT'. Others on this machine may see"
            + " the command line: the variable CORTADO_TOKEN says it as well."
      })
  private @Nullable String token;

  @Mixin private ServeOptions options = new ServeOptions();

  @Mixin private DeviceOptions deviceOptions = new DeviceOptions();

  @Override
  public Integer call() throws InterruptedException {
    WebServer.checkPort(port, "--port");
    String secret = secret(token, System.getenv(VARIABLE));
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    ModelServer server =
        ModelServer.start(
            file,
            deviceOptions::open,
            new ModelServer.Place(host, port, secret),
            options.limits(),
            err);
    Thread hook = new Thread(() -> stop(server, out), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    if (secret == null && !isOwn(host)) {
      err.println("cortado: everybody who reaches " + host + " may ask; --token asks for a word");
      err.flush();
    }
    out.println("serving " + file + " at " + server.address());
    out.flush();
    server.join();
    return 0;
  }

  /**
   * Returns the word that clients have to say; null for none.
   *
   * @param variable the environment's, which is not set where it is empty
   * @throws InputException if it cannot stand in a header
   */
  static @Nullable String secret(@Nullable String option, @Nullable String variable) {
    boolean set = variable != null && !variable.isEmpty();
    String secret = option != null ? option : set ? variable : null;
    if (secret != null
        && (secret.isEmpty() || !secret.chars().allMatch(c -> c > ' ' && c < 0x7f))) {
      throw new InputException(
          "%s has to be of letters, digits and signs, without blanks"
              .formatted(option != null ? "--token" : VARIABLE));
    }
    return secret;
  }

  private static boolean isOwn(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** A server's run ends by a signal as it should: with 0, where Java would report the signal. */
  private static void stop(ModelServer server, PrintWriter out) {
    server.close();
    out.println("stopped; all that was asked is answered");
    out.flush();
    Runtime.getRuntime().halt(0);
  }
}

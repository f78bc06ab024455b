package io.cortado.models.serve;

import io.cortado.models.Values;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What {@code cortado serve} bounds. */
public final class ServeOptions {

  @Option(
      names = "--max-batch",
      paramLabel = "N",
      defaultValue = "32",
      converter = Values.Positive.class,
      description = "Pictures computed at once (default: ${DEFAULT-VALUE}).")
  private int maxBatch = 32;

  @Option(
      names = "--max-wait",
      paramLabel = "MS",
      defaultValue = "0",
      converter = Values.NotNegative.class,
      description = "Milliseconds that a picture waits for others (default: ${DEFAULT-VALUE}).")
  private int maxWait = 0;

  @Option(
      names = "--queue",
      paramLabel = "N",
      defaultValue = "256",
      converter = Values.Positive.class,
      description = "How many may wait; more are answered 503 (default: ${DEFAULT-VALUE}).")
  private int queue = 256;

  @Option(
      names = "--max-body",
      paramLabel = "BYTES",
      defaultValue = "10000000",
      converter = Values.Positive.class,
      description = "The largest body of a request (default: ${DEFAULT-VALUE}).")
  private int maxBody = 10_000_000;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      defaultValue = "16000000",
      converter = Values.Positive.class,
      description = "The most pixels of a picture (default: ${DEFAULT-VALUE}).")
  private int maxPixels = 16_000_000;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "10",
      converter = Values.Positive.class,
      description =
          "How long a client may take to send a request, or be silent (default: ${DEFAULT-VALUE}).")
  private int patience = 10;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "1000",
      converter = Values.Positive.class,
      description = "The most connections (default: ${DEFAULT-VALUE}).")
  private int connections = 1000;

  /** Returns the limits. */
  public Limits limits() {
    return new Limits(
        new Batcher.Limits(maxBatch, maxWait, queue),
        maxBody,
        maxPixels,
        Duration.ofSeconds(patience),
        connections);
  }
}

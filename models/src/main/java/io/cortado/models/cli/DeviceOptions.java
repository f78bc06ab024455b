package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.MathPrecision;
import io.cortado.models.Suggestions;
import io.cortado.models.Values;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a command computes. */
final class DeviceOptions {

  private static final List<String> DEVICES = List.of("auto", "cpu", "cuda");
  private static final List<String> PRECISIONS =
      Arrays.stream(MathPrecision.values()).map(MathPrecision::label).toList();

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "auto, cpu or cuda (default: ${DEFAULT-VALUE}).")
  private String device = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      converter = Values.Threads.class,
      description =
          "Worker threads of the CPU; 0 is one for each core (default). Results do not depend on it.")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "fp32",
      description = {
        "fp32, tf32, bf16 or fp16: to what a GPU rounds the factors of matrix products and"
            + " convolutions (default: ${DEFAULT-VALUE}). fp16 scales the loss by itself. The CPU"
            + " always computes in fp32."
      })
  private String precision = "fp32";

  /**
   * Opens the device.
   *
   * @throws io.cortado.models.InputException if there is no device or precision of that name
   * @throws io.cortado.backend.BackendException if it cannot be had here
   */
  Device open() {
    if (!DEVICES.contains(device)) {
      throw Suggestions.unknown("device", device, DEVICES);
    }
    if (!PRECISIONS.contains(precision)) {
      throw Suggestions.unknown("precision", precision, PRECISIONS);
    }
    return Device.open(device, new BackendOptions(threads, 0, MathPrecision.ofLabel(precision)));
  }
}

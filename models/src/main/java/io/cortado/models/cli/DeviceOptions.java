package io.cortado.models.cli;

import io.cortado.Device;
import io.cortado.backend.BackendOptions;
import io.cortado.models.Suggestions;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a command computes. */
final class DeviceOptions {

  private static final List<String> DEVICES = List.of("auto", "cpu", "cuda");

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

  /**
   * Opens the device.
   *
   * @throws io.cortado.models.InputException if there is none of that name
   * @throws io.cortado.backend.BackendException if it cannot be had here
   */
  Device open() {
    if (!DEVICES.contains(device)) {
      throw Suggestions.unknown("device", device, DEVICES);
    }
    return Device.open(device, new BackendOptions(threads, 0));
  }
}

package io.cortado.models.classify;

import io.cortado.Device;
import java.util.Locale;

/** Lines that several commands print. */
public final class Reports {

  private Reports() {}

  /** Says in one line which device computes, and for "auto" why no better one does. */
  public static String device(Device device) {
    StringBuilder text = new StringBuilder(device.backend().description());
    device.passedOver().forEach(reason -> text.append("; not ").append(reason));
    return text.toString();
  }

  public static String accuracy(TestResult r) {
    return String.format(
        Locale.ROOT,
        "test accuracy  %.2f %%  (%,d of %,d right)%n",
        100 * r.accuracy(),
        r.right(),
        r.samples());
  }
}

package io.cortado.tck;

import io.cortado.Device;
import io.cortado.backend.Backend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A suite whose tests compute on one device, which is open while they run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DeviceSuite {

  Device device;

  /** For subclasses. */
  protected DeviceSuite() {}

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend open();

  @BeforeAll
  void openDevice() {
    device = Device.of(open());
  }

  @AfterAll
  void closeDevice() {
    device.close();
  }
}

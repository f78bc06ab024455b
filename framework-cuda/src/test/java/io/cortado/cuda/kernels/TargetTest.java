package io.cortado.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.backend.BackendException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TargetTest {

  /** Of NVRTC 12.9. */
  private static final int[] SUPPORTED = {
    50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90, 100, 101, 103, 120, 121
  };

  @ParameterizedTest
  @CsvSource({
    "7, 5, sm_75",
    "8, 0, sm_80",
    "8, 6, sm_86",
    "8, 9, sm_89",
    "9, 0, sm_90",
    "10, 0, sm_100",
    "10, 9, sm_103",
    "12, 0, sm_120",
    "11, 0, compute_103",
    "13, 0, compute_121",
  })
  void machineCodeIsOfTheDevicesOwnMajorElseThereIsPtx(int major, int minor, String name) {
    assertThat(Target.of(major, minor, SUPPORTED).name()).isEqualTo(name);
  }

  @Test
  void aDeviceOlderThanAllIsRefused() {
    assertThatThrownBy(() -> Target.of(3, 5, SUPPORTED))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("is 3.5, and NVRTC compiles for 5.0 and above");
  }
}

package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlignedScratchTest {

  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @CsvSource({"256, 1", "2048, 1", "2049, 2", "6144, 4", "16384, 8", "65536, 32", "1048576, 32"})
  void knowsTheSizeOfRegions(long maxHeapMib, long regionMib) {
    assertThat(AlignedScratch.halfRegion(maxHeapMib * MIB))
        .isEqualTo((int) (regionMib * MIB / 2 / Float.BYTES));
  }

  @Test
  void memoryThatMattersIsAHumongousObject() {
    long region = regionOfThisMachine();
    assumeTrue(region > 0, "G1 is not this machine's collector");
    long withoutHeader = (long) new AlignedScratch().get(5000).length * Float.BYTES;
    assertThat(withoutHeader + 16).isGreaterThan(region / 2).isLessThan(region);
  }

  @Test
  void shortMemoryIsShort() {
    assertThat(new AlignedScratch().get(100)).hasSize(100 + AlignedScratch.FIRST);
  }

  @Test
  void longMemoryIsNotRoundedUp() {
    int length = 20 << 20;
    assertThat(new AlignedScratch().get(length)).hasSize(length + AlignedScratch.FIRST);
  }

  private static long regionOfThisMachine() {
    HotSpotDiagnosticMXBean options =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    boolean g1 = Boolean.parseBoolean(options.getVMOption("UseG1GC").getValue());
    return g1 ? Long.parseLong(options.getVMOption("G1HeapRegionSize").getValue()) : 0;
  }
}

package io.cortado.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.cpu.simd.Simd;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Operations that have warmed up make no garbage, beyond one small task each where several threads
 * work.
 */
@Tag("steady")
class OperationsGarbageTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void makesNoGarbage() {
    try (Backend backend =
        CpuBackend.open(BackendOptions.DEFAULTS.withThreads(2), Simd.Choice.VECTOR_API)) {
      // Thin work runs on the calling thread and makes none; work for several threads one task
      // each.
      assertThat(garbage(new Workload(backend, 5), 0)).isEmpty();
      assertThat(garbage(new Workload(backend, 97), 120)).isEmpty();
    }
  }

  /**
   * Returns the bytes that each operation allocates in a call, where they are more than allowed.
   */
  private static Map<String, Long> garbage(Workload work, long allowed) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Map<String, Long> garbage = new TreeMap<>();
    work.operations.forEach((name, operation) -> {
      long least = Long.MAX_VALUE;
      // Until the compiler is done, which must be within some seconds.
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (least > allowed && System.nanoTime() < end) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 50; i++) {
          operation.run();
        }
        least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 50);
      }
      if (least > allowed) {
        garbage.put(name, least);
      }
    });
    return garbage;
  }
}

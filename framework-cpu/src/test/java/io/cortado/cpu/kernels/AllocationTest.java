package io.cortado.cpu.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.ScalarGemmKernel;
import io.cortado.cpu.simd.ScalarLaneKernel;
import io.cortado.cpu.simd.ScalarPoolKernel;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * Garbage of a steady loop, in the scalar kernels: there it does not depend on when the compiler
 * has run.
 */
class AllocationTest {

  private static final long MOST_BYTES_PER_CALL = 100;
  private static final int CALLS = 50;

  @Test
  void steadyCallsAllocateNextToNothing() {
    try (Workers workers = new Workers(1)) {
      ScalarGemmKernel kernel = new ScalarGemmKernel();
      Gemm gemm = new Gemm(kernel, workers, KernelCase::activateRow);
      Linear linear = new Linear(gemm);
      Conv conv = new Conv(kernel, new ScalarLaneKernel(), workers, KernelCase::activateRow);
      Pool pool = new Pool(new ScalarPoolKernel(), workers);
      float[] a = KernelCase.random(40000, 1);
      float[] b = KernelCase.random(40000, 2);
      float[] c = KernelCase.random(40000, 3);
      int[] reserve = new int[40000];
      GemmSpec product = GemmSpec.of(90, 70, 50, false, true);
      GemmSpec batch = GemmSpec.batched(3, 50, 40, 60, true, false);
      LinearSpec layer = new LinearSpec(64, 50, 40, UnaryOp.RELU);
      ConvSpec wide = new ConvSpec(2, 32, 8, 8, 32, 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.TANH);
      ConvSpec window = new ConvSpec(2, 3, 14, 14, 8, 5, 5, 2, 1, 1, 2, 1, 1, 1, UnaryOp.TANH);
      ConvSpec tiles = new ConvSpec(2, 24, 12, 12, 24, 3, 3, 1, 1, 1, 1, 1, 1, 1, UnaryOp.TANH);
      PoolSpec pairs =
          new PoolSpec(PoolSpec.Mode.MAX, 2, 3, 14, 14, 7, 7, 2, 2, 2, 2, 0, 0, 1, 1, false);
      check("gemm", () -> gemm.run(product, 1, a, 0, b, 0, 1, c, 0));
      check("batched gemm", () -> gemm.run(batch, 1, a, 0, b, 0, 0, c, 0));
      check("linear", () -> linear.run(layer, a, 0, b, 0, a, 0, c, 0));
      check("conv", () -> conv.forward(window, a, 0, b, 0, b, 0, c, 0));
      check("data", () -> conv.backwardData(window, a, 0, b, 0, 1, c, 0));
      check("filter", () -> conv.backwardFilter(window, a, 0, b, 0, 1, c, 0));
      check("wide conv", () -> conv.forward(wide, a, 0, b, 0, b, 0, c, 0));
      check("wide data", () -> conv.backwardData(wide, a, 0, b, 0, 1, c, 0));
      check("wide filter", () -> conv.backwardFilter(wide, a, 0, b, 0, 1, c, 0));
      check("winograd conv", () -> conv.forward(tiles, a, 0, b, 0, b, 0, c, 0));
      check("winograd data", () -> conv.backwardData(tiles, a, 0, b, 0, 1, c, 0));
      check("winograd filter", () -> conv.backwardFilter(tiles, a, 0, b, 0, 1, c, 0));
      check("pool", () -> pool.forward(pairs, a, 0, c, 0, reserve, 0));
      check("poolBackward", () -> pool.backward(pairs, reserve, 0, a, 0, 1, c, 0));
    }
  }

  private static void check(String what, Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    call.run();
    call.run();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < CALLS; i++) {
      call.run();
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(bytes / CALLS).as("bytes per call of %s", what).isLessThan(MOST_BYTES_PER_CALL);
  }
}

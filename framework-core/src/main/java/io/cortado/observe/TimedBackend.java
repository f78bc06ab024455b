package io.cortado.observe;

import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.ForwardingBackend;
import io.cortado.backend.spec.GemmSpec;

/** Measures every operation, and waits for its end where the device runs them asynchronously. */
final class TimedBackend extends ForwardingBackend {

  private final Profiler profiler;

  TimedBackend(Backend delegate, Profiler profiler) {
    super(delegate);
    this.profiler = profiler;
  }

  @Override
  protected void call(String operation, Runnable work) {
    if (!profiler.isMeasuring()) {
      work.run();
      return;
    }
    long begin = System.nanoTime();
    work.run();
    synchronize();
    profiler.ran(operation, begin, System.nanoTime());
  }

  @Override
  public void gemm(
      GemmSpec spec,
      float alpha,
      Buffer a,
      long aOffset,
      Buffer b,
      long bOffset,
      float beta,
      Buffer c,
      long cOffset) {
    call("gemm", () -> delegate().gemm(spec, alpha, a, aOffset, b, bOffset, beta, c, cOffset));
  }
}

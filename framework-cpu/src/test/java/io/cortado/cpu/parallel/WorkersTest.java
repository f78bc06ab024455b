package io.cortado.cpu.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class WorkersTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void doesEveryBlockOnceInEveryRound(int threads) {
    try (Workers workers = new Workers(threads)) {
      assertThat(workers.count()).isEqualTo(threads);
      AtomicIntegerArray done = new AtomicIntegerArray(40);
      AtomicInteger badWorker = new AtomicInteger();
      for (int round = 0; round < 20_000; round++) {
        int blocks = round % 41;
        workers.run(
            blocks,
            (b, w) -> {
              done.incrementAndGet(b);
              if (w < 0 || w >= threads) {
                badWorker.incrementAndGet();
              }
            });
        for (int b = 0; b < 40; b++) {
          if (done.getAndSet(b, 0) != (b < blocks ? 1 : 0)) {
            throw new AssertionError("round " + round + ", block " + b);
          }
        }
      }
      assertThat(badWorker).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 9})
  void eachWorkerBeginsWithItsOwnShare(int blocks) {
    try (Workers workers = new Workers(4)) {
      for (int round = 0; round < 200; round++) {
        AtomicIntegerArray first = new AtomicIntegerArray(new int[] {-1, -1, -1, -1});
        AtomicInteger begun = new AtomicInteger();
        workers.run(
            blocks,
            (b, w) -> {
              // Nobody goes on before everybody has begun, so nobody can help another yet.
              if (first.compareAndSet(w, -1, b)) {
                begun.incrementAndGet();
                while (begun.get() < 4) {
                  Thread.onSpinWait();
                }
              }
            });
        for (int w = 0; w < 4; w++) {
          assertThat(first.get(w)).isEqualTo(w * blocks / 4);
        }
      }
    }
  }

  @Test
  void oneWorkerIsNeverInTwoBlocksAtOnce() {
    try (Workers workers = new Workers(4)) {
      AtomicIntegerArray inside = new AtomicIntegerArray(4);
      AtomicInteger overlaps = new AtomicInteger();
      for (int round = 0; round < 2_000; round++) {
        workers.run(
            16,
            (b, w) -> {
              overlaps.addAndGet(inside.incrementAndGet(w) - 1);
              inside.decrementAndGet(w);
            });
      }
      assertThat(overlaps).hasValue(0);
    }
  }

  @Test
  void helpersWakeAfterTheyHaveParked() throws InterruptedException {
    try (Workers workers = new Workers(2)) {
      for (int round = 0; round < 20; round++) {
        Thread.sleep(5);
        AtomicInteger others = new AtomicInteger();
        // Block 0 or 1 is the caller's, who waits in it until the other block is begun.
        workers.run(
            2,
            (b, w) -> {
              others.incrementAndGet();
              long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
              while (others.get() < 2 && System.nanoTime() < end) {
                Thread.onSpinWait();
              }
              if (others.get() < 2) {
                throw new AssertionError("the helper has not come");
              }
            });
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void throwsWhatABlockThrewAndGoesOn(int threads) {
    try (Workers workers = new Workers(threads)) {
      for (int round = 0; round < 200; round++) {
        int bad = round % 10;
        assertThatThrownBy(() ->
                workers.run(
                    10,
                    (b, w) -> {
                      if (b == bad) {
                        throw new IllegalArgumentException("block " + b);
                      }
                    }))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("block " + bad);
        AtomicInteger done = new AtomicInteger();
        workers.run(10, (b, w) -> done.incrementAndGet());
        assertThat(done).hasValue(10);
      }
      assertThatThrownBy(() ->
              workers.run(
                  2,
                  (b, w) -> {
                    throw new StackOverflowError("deep");
                  }))
          .isInstanceOf(StackOverflowError.class);
    }
  }

  @Test
  void anInterruptIsKeptAndCutsNothingShort() {
    try (Workers workers = new Workers(2)) {
      Thread.currentThread().interrupt();
      AtomicInteger done = new AtomicInteger();
      workers.run(
          8,
          (b, w) -> {
            long end = System.nanoTime() + 200_000;
            while (System.nanoTime() < end) {
              Thread.onSpinWait();
            }
            done.incrementAndGet();
          });
      assertThat(done).hasValue(8);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aTaskMayNotStartAnother() {
    try (Workers workers = new Workers(2)) {
      assertThatThrownBy(() -> workers.run(1, (b, w) -> workers.run(1, (c, v) -> {})))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("busy");
    }
  }

  @Test
  void closesTwiceAndRefusesWorkThen() {
    Workers workers = new Workers(3);
    workers.close();
    workers.close();
    assertThatThrownBy(() -> workers.run(1, (b, w) -> {})).hasMessageContaining("closed");
  }

  @Test
  void allocatesNothingPerCall() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Workers workers = new Workers(2)) {
      BlockTask nothing = (b, w) -> {};
      for (int i = 0; i < 20_000; i++) {
        workers.run(2, nothing);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1_000; i++) {
        workers.run(2, nothing);
      }
      long perCall = (threads.getCurrentThreadAllocatedBytes() - before) / 1_000;
      assertThat(perCall).isZero();
    }
  }
}

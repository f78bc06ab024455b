package io.cortado.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.cortado.DType;
import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.MemoryStats;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

final class BufferPoolTest {

  private final BufferPool pool = new BufferPool();

  @Test
  void roundsUpByAnEighthAtMost() {
    int last = -1;
    for (long length = 1; length <= Integer.MAX_VALUE - 8; length += 1 + length / 97) {
      int sizeClass = BufferPool.sizeClass((int) length);
      int rounded = BufferPool.classLength(sizeClass);
      assertThat(sizeClass).isBetween(last, last + 1);
      assertThat((long) rounded).isBetween(length, length + Math.max(63, length / 8));
      assertThat(BufferPool.sizeClass(rounded)).isEqualTo(sizeClass);
      last = sizeClass;
    }
    assertThat(BufferPool.sizeClass(0)).isZero();
  }

  @Test
  void givesAReleasedBufferToTheNextRequestOfItsClass() {
    CpuBuffer first = pool.allocate(DType.FLOAT32, 1000);
    pool.release(first);
    assertThat(pool.allocate(DType.INT32, 1000)).isNotSameAs(first);
    assertThat(pool.allocate(DType.FLOAT32, 1010)).isSameAs(first);
    assertThat(pool.allocate(DType.FLOAT32, 1010)).isNotSameAs(first);
    assertThat(pool.stats()).isEqualTo(new MemoryStats(3 * 4096, 0, 3 * 4096, 3));
    pool.release(first);
    assertThat(pool.stats()).isEqualTo(new MemoryStats(2 * 4096, 4096, 3 * 4096, 3));
    pool.trim();
    assertThat(pool.stats().cachedBytes()).isZero();
  }

  @Test
  void refusesToTakeBackWhatItShouldNot() {
    CpuBuffer buffer = pool.allocate(DType.FLOAT32, 128);
    CpuBuffer slice = buffer.slice(64, 64);
    assertThatThrownBy(() -> pool.release(slice))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("part of");
    assertThatThrownBy(() -> new BufferPool().release(buffer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another backend");
    Buffer foreign =
        new Buffer() {
          @Override
          public DType dtype() {
            return DType.FLOAT32;
          }

          @Override
          public long length() {
            return 1;
          }
        };
    assertThatThrownBy(() -> pool.release(foreign)).isInstanceOf(IllegalArgumentException.class);
    pool.release(buffer);
    assertThatThrownBy(() -> pool.release(buffer))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("released before");
    assertThatThrownBy(buffer::floats)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("after its release");
  }

  @Test
  void givesUpItsCacheWhenMemoryRunsOut() {
    int[] room = {4096};
    BufferPool small =
        new BufferPool((dtype, length, owner) -> {
          if (length > room[0]) {
            throw new OutOfMemoryError("test");
          }
          return CpuBuffer.create(dtype, length, owner);
        });
    CpuBuffer kept = small.allocate(DType.FLOAT32, 512);
    small.release(small.allocate(DType.FLOAT32, 1024));
    assertThatThrownBy(() -> small.allocate(DType.FLOAT32, 8192))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("32768 bytes requested, 2048 in use, 4096 cached")
        .hasMessageContaining("-Xmx");
    assertThat(small.stats().cachedBytes()).isZero();
    assertThat(kept.length()).isEqualTo(512);
    assertThatThrownBy(() -> small.allocate(DType.FLOAT32, 1L << 40))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Java array");
  }

  @Test
  void aHitAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 20_000; i++) {
      pool.release(pool.allocate(DType.FLOAT32, 1000));
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1_000; i++) {
      pool.release(pool.allocate(DType.FLOAT32, 1000));
    }
    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 1_000).isZero();
  }
}

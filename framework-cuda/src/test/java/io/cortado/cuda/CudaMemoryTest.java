package io.cortado.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.DType;
import io.cortado.backend.BackendException;
import io.cortado.backend.Buffer;
import io.cortado.backend.MemoryStats;
import io.cortado.cuda.emulated.Emulator;
import io.cortado.cuda.emulated.OnEmulator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pool of device memory, and what happens at its end. */
@OnEmulator
final class CudaMemoryTest {

  private static final long MIB = 1L << 20;

  private CudaContext context;
  private CudaMemory memory;

  @BeforeEach
  void open() {
    Emulator.load();
    Emulator.reset();
    Emulator.configure("log", 0);
    context = CudaContext.open(0, false);
    memory = context.memory();
  }

  @AfterEach
  void close() {
    context.close();
    assertThat(Emulator.reportLeaks()).isZero();
    assertThat(Emulator.errors()).isEmpty();
  }

  @Test
  void whatComesBackIsHandedOutAgain() {
    for (int i = 0; i < 100; i++) {
      Block small = memory.allocate(1000);
      Block large = memory.allocate(5 * MIB);
      memory.release(small);
      memory.release(large);
    }
    MemoryStats stats = memory.stats();
    assertThat(stats.systemAllocations()).isEqualTo(2);
    assertThat(stats.inUseBytes()).isZero();
    assertThat(stats.cachedBytes()).isEqualTo(34 * MIB);
    assertThat(stats.peakBytes()).isEqualTo(1024 + 5 * MIB);
    assertThat(Emulator.counter("allocations")).isEqualTo(2);
  }

  @Test
  void neighboursAreJoinedWhateverTheOrderOfTheirReturn() {
    for (List<Integer> order :
        List.of(
            List.of(0, 1, 2, 3), List.of(3, 2, 1, 0), List.of(1, 3, 0, 2), List.of(2, 0, 3, 1))) {
      List<Block> blocks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        blocks.add(memory.allocate(8 * MIB));
      }
      for (int i : order) {
        memory.release(blocks.get(i));
      }
      // The whole segment is one again, or this would need another.
      memory.release(memory.allocate(15 * MIB));
      assertThat(memory.stats().systemAllocations()).isEqualTo(1);
    }
    memory.trim();
    assertThat(memory.stats().cachedBytes()).isZero();
    assertThat(Emulator.counter("memory_in_use")).isZero();
  }

  @Test
  void blocksInUseNeverOverlapAndAllComesBack() {
    Random random = new Random(7);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      if (blocks.size() > 60 || (!blocks.isEmpty() && random.nextInt(3) == 0)) {
        memory.release(blocks.remove(random.nextInt(blocks.size())));
      } else {
        long bytes = 1 + (long) Math.exp(random.nextDouble() * Math.log(12.0 * MIB));
        Block block = memory.allocate(bytes);
        assertThat(block.bytes).isGreaterThanOrEqualTo(bytes);
        assertThat(block.offset % 256).isZero();
        for (Block other : blocks) {
          assertThat(
                  block.segment != other.segment
                      || block.offset + block.bytes <= other.offset
                      || other.offset + other.bytes <= block.offset)
              .isTrue();
        }
        blocks.add(block);
      }
    }
    blocks.forEach(memory::release);
    memory.trim();
    assertThat(memory.stats().inUseBytes()).isZero();
    assertThat(Emulator.counter("memory_in_use")).isZero();
  }

  @Test
  void aReleasedBlockIsNotReleasedAgain() {
    Block block = memory.allocate(10);
    memory.release(block);
    assertThatThrownBy(() -> memory.release(block)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theCacheIsEmptiedBeforeMemoryIsSaidToBeOut() {
    Emulator.configure("memory.total", 100 * MIB);
    memory.release(memory.allocate(60 * MIB));
    Block block = memory.allocate(80 * MIB);
    assertThat(memory.stats().cachedBytes()).isZero();
    assertThatThrownBy(() -> memory.allocate(40 * MIB))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("41943040 bytes were asked for")
        .hasMessageContaining("20971520 are free")
        .hasMessageContaining("83886080 are in use here and 0 cached")
        .hasMessageContaining("smaller batch");
    memory.release(block);
    memory.release(memory.allocate(90 * MIB));
    Emulator.clearErrors();
  }

  @Test
  void closingGivesBackWhatIsStillInUse() {
    Buffer unused = CudaBuffer.of(DType.FLOAT32, memory.allocate(400));
    assertThat(unused.length()).isEqualTo(128);
    memory.allocate(3 * MIB);
    // A segment of which nothing is free.
    memory.allocate(64 * MIB);
    context.close();
    assertThat(Emulator.counter("memory_in_use")).isZero();
  }
}

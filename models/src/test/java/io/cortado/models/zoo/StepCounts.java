package io.cortado.models.zoo;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What was asked of the emulated CUDA device.
 *
 * @param launches kernels that were launched one by one
 * @param graphs launches of recorded steps
 * @param kernels kernels in them
 * @param allocations pieces of memory that were asked for
 * @param waits how often the host waited
 */
record StepCounts(long launches, long graphs, long kernels, long allocations, long waits) {

  static final StepCounts NONE = new StepCounts(0, 0, 0, 0, 0);

  /** Returns what counts for a device: nothing, except where it is the emulated one. */
  static Supplier<StepCounts> counter(String device) {
    if (!device.equals("cuda")) {
      return () -> NONE;
    }
    // The library that the backend has loaded, asked once more by the same name.
    Path library = Path.of(System.getenv("CORTADO_CUDA_HOME"), "libcuda.so.1");
    MethodHandle counter =
        Linker.nativeLinker()
            .downcallHandle(
                SymbolLookup.libraryLookup(library, Arena.global()).findOrThrow("emu_counter"),
                FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    return () ->
        new StepCounts(
            read(counter, "launches"),
            read(counter, "graph_launches"),
            read(counter, "graph_kernels"),
            read(counter, "allocations"),
            read(counter, "synchronisations"));
  }

  private static long read(MethodHandle counter, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return (long) counter.invokeExact(arena.allocateFrom(name));
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  StepCounts minus(StepCounts o) {
    return new StepCounts(
        launches - o.launches,
        graphs - o.graphs,
        kernels - o.kernels,
        allocations - o.allocations,
        waits - o.waits);
  }

  String toLine() {
    return "%d,%d,%d,%d,%d".formatted(launches, graphs, kernels, allocations, waits);
  }

  static StepCounts parse(String line) {
    List<Long> n = Stream.of(line.split(",")).map(Long::valueOf).toList();
    return new StepCounts(n.get(0), n.get(1), n.get(2), n.get(3), n.get(4));
  }
}

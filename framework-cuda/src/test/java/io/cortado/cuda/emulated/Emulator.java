package io.cortado.cuda.emulated;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * The emulated CUDA libraries: test equipment, no GPU.
 *
 * <p>{@link #load()} has to come before anything of JCuda is touched. The other methods read and
 * steer the emulator; see src/test/native/README.md for the names of counters, errors and settings.
 */
public final class Emulator {
  /** In the order in which they have to be loaded. */
  private static final List<String> LIBRARIES =
      List.of(
          "libcuda.so.1",
          "libnvrtc.so.12",
          "libcublasLt.so.12",
          "libcublas.so.12",
          "libcudnn.so.9");

  private static final Linker LINKER = Linker.nativeLinker();

  private Emulator() {}

  /** An error that the emulator reported: its name, the API function, and the rest in words. */
  public record Report(String name, String function, String text) {}

  /** Says whether the tests are to run on a GPU: where {@code CORTADO_CUDA} is {@code real}. */
  public static boolean isReplacedByAGpu() {
    return "real".equals(System.getenv("CORTADO_CUDA"));
  }

  /** Ends a test that makes no sense on a GPU, in words. */
  public static void require() {
    if (isReplacedByAGpu()) {
      Assumptions.abort(
          "not applicable with CORTADO_CUDA=real: this test reads the emulator's counters, makes calls fail or makes mistakes on purpose, which a GPU does not allow");
    }
  }

  /**
   * Loads the emulated libraries that the build has made, in the right order; on a GPU, ends the
   * test instead.
   */
  public static void load() {
    require();
    var _ = Functions.LOOKUP.find("emu_reset").orElseThrow();
  }

  /** Forgets contexts, memory, handles, queued work, errors, settings and counters. */
  public static void reset() {
    call(Functions.RESET);
  }

  /** The value of a counter; 0 for one that nothing has counted. */
  public static long counter(String name) {
    try (Arena arena = Arena.ofConfined()) {
      return (long) Functions.COUNTER.invokeExact(arena.allocateFrom(name));
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  /** All counters by name. */
  public static Map<String, Long> counters() {
    Map<String, Long> map = new LinkedHashMap<>();
    text(Functions.COUNTERS)
        .lines()
        .forEach(line -> {
          int eq = line.lastIndexOf('=');
          map.put(line.substring(0, eq), Long.valueOf(line.substring(eq + 1)));
        });
    return map;
  }

  /** Sets all counters to 0; the peak of memory starts again from what is in use. */
  public static void resetCounters() {
    call(Functions.RESET_COUNTERS);
  }

  /** The errors since the last {@link #clearErrors()} or {@link #reset()}, oldest first. */
  public static List<Report> errors() {
    return text(Functions.LAST_ERRORS)
        .lines()
        .map(line -> line.split("\\|", 3))
        .map(part -> new Report(part[0], part[1], part[2]))
        .toList();
  }

  /** Forgets the reported errors. */
  public static void clearErrors() {
    call(Functions.CLEAR_ERRORS);
  }

  /** Makes the n-th call from now (1 is the next one) of an API function fail with a code. */
  public static void failNth(String function, long n, int code) {
    try (Arena arena = Arena.ofConfined()) {
      Functions.FAIL_NTH.invokeExact(arena.allocateFrom(function), n, code);
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  /** How many of the failures asked for have not happened yet. */
  public static long pendingFailures() {
    return number(Functions.PENDING_FAILURES);
  }

  /** Chooses the order of blocks, threads and unrelated streams. */
  public static void setSeed(long seed) {
    try {
      Functions.SET_SEED.invokeExact(seed);
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  /** Changes a setting until the next {@link #reset()}. */
  public static void configure(String key, long value) {
    try (Arena arena = Arena.ofConfined()) {
      Functions.CONFIGURE.invokeExact(arena.allocateFrom(key), value);
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  /** Reports everything that is alive as a leak, and returns how many there are. */
  public static long reportLeaks() {
    return number(Functions.REPORT_LEAKS);
  }

  private static void call(MethodHandle handle) {
    try {
      handle.invokeExact();
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  private static long number(MethodHandle handle) {
    try {
      return (long) handle.invokeExact();
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  private static String text(MethodHandle handle) {
    try {
      MemorySegment text = (MemorySegment) handle.invokeExact();
      return text.reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }

  /** The loaded library's functions; initialised by the first use, which loads the libraries. */
  private static final class Functions {
    static final SymbolLookup LOOKUP = loadAll();
    static final MethodHandle RESET = handle("emu_reset", null);
    static final MethodHandle COUNTER = handle("emu_counter", JAVA_LONG, ADDRESS);
    static final MethodHandle COUNTERS = handle("emu_counters", ADDRESS);
    static final MethodHandle RESET_COUNTERS = handle("emu_reset_counters", null);
    static final MethodHandle LAST_ERRORS = handle("emu_last_errors", ADDRESS);
    static final MethodHandle CLEAR_ERRORS = handle("emu_clear_errors", null);
    static final MethodHandle FAIL_NTH = handle("emu_fail_nth", null, ADDRESS, JAVA_LONG, JAVA_INT);
    static final MethodHandle PENDING_FAILURES = handle("emu_pending_failures", JAVA_LONG);
    static final MethodHandle SET_SEED = handle("emu_set_seed", null, JAVA_LONG);
    static final MethodHandle CONFIGURE = handle("emu_configure", null, ADDRESS, JAVA_LONG);
    static final MethodHandle REPORT_LEAKS = handle("emu_report_leaks", JAVA_LONG);

    private static SymbolLookup loadAll() {
      Path folder = Path.of(System.getProperty("cortado.native", "target/native")).toAbsolutePath();
      for (String library : LIBRARIES) {
        if (Files.exists(folder.resolve(library))) {
          System.load(folder.resolve(library).toString());
        }
      }
      return SymbolLookup.libraryLookup(folder.resolve("libcuda.so.1"), Arena.global());
    }

    private static MethodHandle handle(
        String name, MemoryLayout result, MemoryLayout... arguments) {
      FunctionDescriptor type =
          result == null
              ? FunctionDescriptor.ofVoid(arguments)
              : FunctionDescriptor.of(result, arguments);
      return LINKER.downcallHandle(LOOKUP.find(name).orElseThrow(), type);
    }
  }
}

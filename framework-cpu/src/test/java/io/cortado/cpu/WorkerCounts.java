package io.cortado.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.DType;
import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.Buffer;
import io.cortado.cpu.simd.Simd;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A backend that does everything on backends with one, two and three workers, and compares the bits
 * of every buffer that a call was given.
 */
final class WorkerCounts {

  private final List<Backend> backends =
      Stream.of(1, 2, 3)
          .<Backend>map(
              n -> CpuBackend.open(BackendOptions.DEFAULTS.withThreads(n), Simd.Choice.VECTOR_API))
          .toList();

  private WorkerCounts() {}

  /** One buffer of each backend. */
  private record Buffers(List<Buffer> each) implements Buffer {
    @Override
    public DType dtype() {
      return each.getFirst().dtype();
    }

    @Override
    public long length() {
      return each.getFirst().length();
    }
  }

  static Backend open() {
    WorkerCounts all = new WorkerCounts();
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, args) -> all.call(method, args == null ? new Object[0] : args));
  }

  private @Nullable Object call(Method method, Object[] args) throws Throwable {
    Object[] results = new Object[backends.size()];
    for (int i = 0; i < results.length; i++) {
      int which = i;
      try {
        results[i] =
            method.invoke(backends.get(i), Stream.of(args).map(arg -> own(arg, which)).toArray());
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
    if (results[0] instanceof Buffer) {
      return new Buffers(Stream.of(results).map(Buffer.class::cast).toList());
    }
    if (!method.getName().equals("release")) {
      Stream.of(args).forEach(arg -> compare(method.getName(), arg));
    }
    return results[0];
  }

  /** Returns what stands for an argument in one of the backends: buffers may be in it. */
  private static @Nullable Object own(@Nullable Object arg, int which) {
    return switch (arg) {
      case Buffers buffers -> buffers.each.get(which);
      case Buffer[] many ->
          Stream.of(many).map(item -> (Buffer) own(item, which)).toArray(Buffer[]::new);
      case List<?> list -> list.stream().map(item -> own(item, which)).toList();
      case Record record when record.getClass().getPackage() == Backend.class.getPackage() ->
          rebuilt(record, which);
      case null, default -> arg;
    };
  }

  /** Makes a record like another, of one backend's buffers. */
  private static Object rebuilt(Record record, int which) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class[]::new);
    try {
      return record
          .getClass()
          .getDeclaredConstructor(types)
          .newInstance(parts(record).map(part -> own(part, which)).toArray());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record has a constructor of its components", e);
    }
  }

  private static Stream<@Nullable Object> parts(Record record) {
    return Stream.of(record.getClass().getRecordComponents())
        .map(component -> {
          try {
            return component.getAccessor().invoke(record);
          } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record has accessors", e);
          }
        });
  }

  private void compare(String method, @Nullable Object arg) {
    switch (arg) {
      case Buffers buffers -> compare(method, buffers);
      case Buffer[] many -> Stream.of(many).forEach(item -> compare(method, item));
      case List<?> list -> list.forEach(item -> compare(method, item));
      case Record record when record.getClass().getPackage() == Backend.class.getPackage() ->
          parts(record).forEach(part -> compare(method, part));
      case null, default -> {}
    }
  }

  private void compare(String method, Buffers buffers) {
    int[] expected = bits(buffers, 0);
    IntStream.range(1, backends.size())
        .forEach(i ->
            assertThat(bits(buffers, i))
                .as("%s with %d workers", method, i + 1)
                .isEqualTo(expected));
  }

  private int[] bits(Buffers buffers, int which) {
    Buffer buffer = buffers.each.get(which);
    int n = (int) buffer.length();
    int[] words = new int[n];
    if (buffer.dtype() == DType.INT32) {
      backends.get(which).download(buffer, 0, words, 0, n);
    } else {
      float[] values = new float[n];
      backends.get(which).download(buffer, 0, values, 0, n);
      for (int i = 0; i < n; i++) {
        // One pattern for all NaN: which one an operation gives depends on the order of operands.
        words[i] = Float.floatToIntBits(values[i]);
      }
    }
    return words;
  }
}

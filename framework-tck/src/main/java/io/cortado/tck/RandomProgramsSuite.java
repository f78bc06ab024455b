package io.cortado.tck;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Step;
import io.cortado.autograd.GradCheck;
import io.cortado.tck.TensorProgram.Outcome;
import io.cortado.tck.reference.ReferenceBackend;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of small random programs of tensor operations: values and gradients as PyTorch's, and
 * gradients as finite differences. {@code record_programs.py} made them, and says which are fit.
 *
 * <p>A failing program is cut down to the shortest part of it that fails by itself.
 */
public abstract class RandomProgramsSuite extends DeviceSuite {

  /** Beside the largest of a tensor, or 1; ten times what PyTorch's own float32 is off by. */
  private static final double VALUE = 5e-6;

  private static final double GRADIENT = 2e-5;

  /** How many programs one test runs. */
  private static final int BATCH = 50;

  private record Recorded(TensorProgram program, Outcome expected, boolean smooth) {}

  private final List<Recorded> programs = read();

  /** For subclasses. */
  protected RandomProgramsSuite() {}

  private static List<Recorded> read() {
    TorchFixtures.Case all = TorchFixtures.cases("programs").findFirst().orElseThrow();
    Slices inputs = new Slices(all.floats("inputs"));
    Slices results = new Slices(all.floats("results"));
    Slices gradients = new Slices(all.floats("gradients"));
    List<Recorded> programs = new ArrayList<>();
    try (InputStream in = RandomProgramsSuite.class.getResourceAsStream("torch/programs.txt");
        Device reference = Device.of(new ReferenceBackend())) {
      if (in == null) {
        throw new IllegalStateException("no resource torch/programs.txt");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        boolean smooth = line.endsWith(" #");
        List<String> steps =
            List.of((smooth ? line.substring(0, line.length() - 2) : line).split("; "));
        List<float[]> values = new ArrayList<>();
        List<float[]> grads = new ArrayList<>();
        for (String step : steps) {
          if (step.startsWith("in ")) {
            int n =
                Arrays.stream(TensorProgramStep.list(step.substring(3))).reduce(1, (a, b) -> a * b);
            values.add(inputs.next(n));
            grads.add(gradients.next(n));
          }
        }
        TensorProgram program = new TensorProgram(steps, values);
        float[] result = results.next(size(reference, program));
        programs.add(new Recorded(program, new Outcome(result, grads), smooth));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read torch/programs.txt", e);
    }
    return programs;
  }

  /** How large a result is, only the operations know. */
  private static int size(Device reference, TensorProgram program) {
    try (Step step = reference.inference()) {
      return Math.toIntExact(program.result(program.leaves(step)).size());
    }
  }

  /** One array's pieces. */
  private static final class Slices {
    private final float[] all;
    private int from;

    Slices(float[] all) {
      this.all = all;
    }

    float[] next(int n) {
      from += n;
      return Arrays.copyOfRange(all, from - n, from);
    }
  }

  /** All, or the first so many: an emulated device compiles most anew. */
  IntStream batches() {
    int most = Integer.getInteger("cortado.tck.programs", programs.size());
    return IntStream.range(0, Math.min(most, programs.size()) / BATCH);
  }

  private List<Recorded> batch(int number) {
    return programs.subList(number * BATCH, (number + 1) * BATCH);
  }

  @ParameterizedTest
  @MethodSource("batches")
  void asPyTorch(int batch) {
    for (Recorded r : batch(batch)) {
      Outcome actual = outcome(device, r.program());
      String wrong = difference(actual, r.expected());
      if (wrong != null) {
        throw new AssertionError(
            "%s%n%s, beside PyTorch; shortest part that fails: %s"
                .formatted(r.program(), wrong, shortest(r.program())));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("batches")
  void asFiniteDifferences(int batch) {
    for (Recorded r : batch(batch)) {
      TensorProgram program = r.program();
      if (r.smooth() && !checked(program)) {
        throw new AssertionError(
            "%s%nhas other gradients than finite differences; shortest part that fails: %s"
                .formatted(program, shortest(program)));
      }
    }
  }

  private boolean checked(TensorProgram program) {
    try (Scope scope = device.scope()) {
      return GradCheck.of(program::result).run(program.leaves(scope)).passed();
    }
  }

  private static Outcome outcome(Device device, TensorProgram program) {
    try (Step step = device.step()) {
      return program.run(step);
    }
  }

  /**
   * The shortest part whose outcome is not the reference's or whose gradient is not a difference.
   */
  private String shortest(TensorProgram program) {
    try (Device reference = Device.of(new ReferenceBackend())) {
      return IntStream.range(0, program.steps().size())
          .mapToObj(program::upTo)
          .sorted((a, b) -> Integer.compare(a.steps().size(), b.steps().size()))
          .filter(part -> {
            String wrong = difference(outcome(device, part), outcome(reference, part));
            return wrong != null || !checked(part);
          })
          .findFirst()
          .map(TensorProgram::toString)
          .orElse("none: the reference gives the same");
    }
  }

  private static @Nullable String difference(Outcome actual, Outcome expected) {
    String wrong = difference("result", actual.result(), expected.result(), VALUE);
    for (int i = 0; wrong == null && i < expected.gradients().size(); i++) {
      wrong =
          difference(
              "gradient of input " + i,
              actual.gradients().get(i),
              expected.gradients().get(i),
              GRADIENT);
    }
    return wrong;
  }

  private static @Nullable String difference(
      String what, float[] actual, float[] expected, double tolerance) {
    double scale = 1;
    for (float e : expected) {
      scale = Math.max(scale, Math.abs(e));
    }
    for (int i = 0; i < Math.max(actual.length, expected.length); i++) {
      if (actual.length != expected.length
          || !(Math.abs((double) actual[i] - expected[i]) <= tolerance * scale)) {
        return "%s is %s, expected %s"
            .formatted(what, Arrays.toString(actual), Arrays.toString(expected));
      }
    }
    return null;
  }
}

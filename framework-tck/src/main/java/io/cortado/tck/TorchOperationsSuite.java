package io.cortado.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Padding;
import io.cortado.autograd.ValuesAndIndices;
import io.cortado.tck.TorchFixtures.Case;
import io.cortado.tck.reference.Numbers;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What PyTorch 1.13.1 gave for operations on tensors, and for their gradients. */
public abstract class TorchOperationsSuite extends BackendSuite {

  /** For values around 1; the cases are small. */
  private static final Tolerance AS_TORCH = new Tolerance("as PyTorch", 1e-5);

  /** For subclasses. */
  protected TorchOperationsSuite() {}

  static Stream<Case> cases() {
    return Stream.of("reductions", "indexing", "order", "layouts").flatMap(TorchFixtures::cases);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void operation(Case c) {
    Device device = Device.of(backend()); // which the suite closes
    try (Step step = device.step()) {
      int[] all = c.ints("ints");
      int[] shape = Arrays.copyOfRange(all, 1, 1 + all[0]);
      int[] args = Arrays.copyOfRange(all, 1 + all[0], all.length);
      Tensor x = step.tensor(c.floats("x"), shape).requiresGrad(true);
      String name = c.name().substring(0, c.name().indexOf('-'));
      Tensor second = null;
      if (name.equals("scatterAdd")) {
        int[] dims = Arrays.copyOfRange(args, 1, args.length);
        second = step.tensor(c.floats("second"), dims).requiresGrad(true);
      }
      Tensor y = apply(name, c, args, x, second);
      check("y", c.floats("y"), y);
      y.backward(step.tensor(c.floats("dy"), y.shape().toArray()));
      check("dx", c.floats("dx"), x.grad());
      if (second != null) {
        check("dsecond", c.floats("dsecond"), second.grad());
      }
    }
  }

  private static void check(String what, float[] recorded, @Nullable Tensor actual) {
    if (actual == null) {
      throw new AssertionError(what + ": there is no gradient");
    }
    Expected.within(1, Numbers.doubles(recorded)).check(what, actual.toFloatArray(), AS_TORCH);
  }

  private static Tensor apply(String name, Case c, int[] args, Tensor x, @Nullable Tensor second) {
    return switch (name) {
      case "sum", "mean", "amax", "amin", "logsumexp", "norm", "var", "std" ->
          reduced(name, c, args, x);
      case "prod" -> args[0] == 0 ? x.prod() : x.prod(args[1], true);
      case "cumsum" -> x.cumsum(args[0]);
      case "max" -> chosen(c, x.max(args[0], true));
      case "min" -> chosen(c, x.min(args[0], true));
      case "sort" -> chosen(c, x.sort(args[0], args[1] == 1));
      case "topk" -> chosen(c, x.topk(args[0], args[1], args[2] == 1));
      case "gather" -> x.gather(args[0], indices(c, x));
      case "indexSelect" -> x.indexSelect(args[0], indices(c, x));
      case "scatterAdd" -> x.scatterAdd(args[0], indices(c, x), Objects.requireNonNull(second));
      case "flip" -> x.flip(args);
      case "roll" -> x.roll(args[0], args[1]);
      case "expand" -> x.expand(args);
      case "repeat" -> x.repeat(args);
      case "diagonal" -> x.diagonal(args[0], args[1], args[2]);
      case "unfold" -> x.unfold(args[0], args[1], args[2]);
      case "tril" -> x.tril(args[0]);
      case "triu" -> x.triu(args[0]);
      case "pad" ->
          x.pad(Padding.Mode.values()[args[0]], 0, Arrays.copyOfRange(args, 1, args.length));
      default -> throw new IllegalArgumentException("no operation is recorded as " + name);
    };
  }

  private static Tensor reduced(String name, Case c, int[] args, Tensor x) {
    boolean spread = name.equals("var") || name.equals("std");
    int at = spread ? 1 : 0;
    boolean keep = args[at] == 1;
    int[] axes = Arrays.copyOfRange(args, at + 1, args.length);
    return switch (name) {
      case "sum" -> x.sum(axes, keep);
      case "mean" -> x.mean(axes, keep);
      case "amax" -> x.amax(axes, keep);
      case "amin" -> x.amin(axes, keep);
      case "logsumexp" -> x.logsumexp(axes, keep);
      case "norm" -> x.norm(c.factor(0), axes, keep);
      case "var" -> x.var(axes, args[0], keep);
      default -> x.std(axes, args[0], keep);
    };
  }

  private static Tensor indices(Case c, Tensor x) {
    return x.device().tensor(c.ints("indices"), c.ints("ishape"));
  }

  private static Tensor chosen(Case c, ValuesAndIndices found) {
    assertThat(found.indices().toIntArray()).as("indices").isEqualTo(c.ints("indices"));
    return found.values();
  }
}

package io.cortado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.autograd.Autograd;
import io.cortado.autograd.Padding;
import io.cortado.autograd.Randoms;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What operations on tensors refuse: by name, with the shapes and the remedy. */
class OperationErrorsTest {

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor floats(int... shape) {
    return device.root().full(0.5f, shape);
  }

  private Tensor ints(int[] values, int... shape) {
    return device.root().tensor(values, shape);
  }

  private DynamicTest refused(String name, ThrowingCallable call, String... parts) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (Step step = device.step()) {
            assertThat(step.recording()).isTrue();
            assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> wrongArguments() {
    Tensor x = floats(2, 3);
    Tensor one = ints(new int[] {0, 3}, 2, 1);
    Tensor few = ints(new int[] {-1, 1}, 2);
    return Stream.of(
        refused("gather", () -> x.gather(1, one), "gather", "index 3", "[2, 3]", "0 to 2"),
        refused("gather's type", () -> x.gather(1, x), "gather", "int32"),
        refused("gather's rank", () -> x.gather(1, few), "gather", "[2, 3]", "[2]", "rank"),
        refused("indexSelect", () -> x.indexSelect(0, few), "indexSelect", "index -1"),
        refused("scatterAdd", () -> x.scatterAdd(1, one, x), "scatterAdd", "index 3", "[2, 3]"),
        refused(
            "scatterAdd's source",
            () -> x.scatterAdd(1, one, floats(1, 1)),
            "scatterAdd",
            "smaller",
            "axis 0"),
        refused("oneHot", () -> one.oneHot(3), "oneHot", "index 3", "0 to 2"),
        refused("topk", () -> x.topk(4, 1, true), "topk", "[2, 3]", "0 to 3"),
        refused("max of nothing", () -> floats(0).max(), "amax", "[0]"),
        refused(
            "max of no columns", () -> floats(0, 0).amax(new int[] {1}, false), "amax", "[0, 0]"),
        refused(
            "min of no columns", () -> floats(0, 0).amin(new int[] {1}, false), "amin", "[0, 0]"),
        refused("argmin of no columns", () -> floats(0, 0).argmin(1), "argmin", "[0, 0]"),
        refused("an axis twice", () -> x.sum(new int[] {1, -1}, false), "sum", "[2, 3]", "twice"),
        refused("norm", () -> x.norm(Float.NaN, new int[0], false), "norm", "NaN"),
        refused("expand", () -> x.expand(2, 4), "expand", "[2, 3]", "[2, 4]"),
        refused("flip", () -> x.flip(1, 1), "flip", "[1, 1]", "twice"),
        refused("unfold", () -> x.unfold(1, 4, 1), "unfold", "[2, 3]", "0 <= size <= 3"),
        refused(
            "pad",
            () -> x.pad(Padding.Mode.REFLECT, 0, 3, 0),
            "pad",
            "3 before",
            "[2, 3]",
            "0 to 2"),
        refused("pad's widths", () -> x.pad(1), "pad", "[1]", "two for each axis"),
        refused("split", () -> x.split(new int[] {1, 1}, 1), "split", "[1, 1]", "3 together"),
        refused("stack", () -> Tensor.stack(0, x, floats(3)), "stack", "[2, 3]", "[3]"),
        refused("triu", () -> floats(3).triu(0), "triu", "[3]", "two axes"),
        refused("matmul", () -> floats(2, 2, 3).matmul(floats(3, 3, 2)), "matmul", "[2]", "[3]"),
        refused("dot", () -> floats(3).dot(floats(4)), "dot", "[3]", "[4]"),
        refused("ellipsis", () -> Tensor.einsum("...i->i", x), "einsum", "ellipses", "...i"),
        refused("operands", () -> Tensor.einsum("ij,jk", x), "einsum", "2 operands", "1 were"),
        refused("extents", () -> Tensor.einsum("ij,ij", x, floats(3, 3)), "einsum", "axis i"),
        refused("axes", () -> Tensor.einsum("ijk", x), "einsum", "[2, 3]", "ijk"),
        refused("result", () -> Tensor.einsum("ij->k", x), "einsum", "axis k"),
        refused("straightThrough", () -> Autograd.straightThrough(x, floats(3)), "[2, 3]", "[3]"),
        refused("uniform", () -> Randoms.uniform(device, 2, 1, 3), "uniform", "2.0", "1.0"),
        refused("randint", () -> Randoms.randint(device, 2, 2, 3), "randint", "2"),
        refused("bernoulli", () -> Randoms.bernoulli(device, 1.5f, 3), "bernoulli", "1.5"));
  }
}

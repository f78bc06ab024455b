package io.cortado;

import static io.cortado.nn.Layers.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.cortado.autograd.Dropout;
import io.cortado.nn.Linear;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What steps, the tape and scopes promise; runs here because it needs a backend, and any will do.
 */
class TapeTest {

  private final Device device = Device.of(new ReferenceBackend());

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor leaf(float... values) {
    return device.root().tensor(values, values.length).requiresGrad(true);
  }

  private static float[] grad(Tensor t) {
    return Objects.requireNonNull(t.grad(), "no gradient").toFloatArray();
  }

  @Test
  void branchesAndTensorsUsedTwiceAddUpTheirGradients() {
    Tensor x = leaf(2, 3);
    try (Step step = device.step()) {
      Tensor y = x.mul(x).add(x.mul(5)).add(x); // x^2 + 6 x
      y.sum().backward();
      assertThat(step.recording()).isTrue();
    }
    assertThat(grad(x)).containsExactly(10, 12);
  }

  @Test
  void severalLossesAreAddedOrWalkedBackOneByOne() {
    Tensor x = leaf(2);
    Tensor w = leaf(7);
    try (Step step = device.step()) {
      Tensor first = x.mul(3).sum();
      Tensor second = x.mul(w).sum();
      first.backward();
      second.backward();
    }
    assertThat(grad(x)).containsExactly(3 + 7);
    assertThat(grad(w)).containsExactly(2);
  }

  @Test
  void gradientsAddUpOverStepsUntilTheyAreForgotten() {
    Tensor x = leaf(1, 2);
    for (int i = 0; i < 3; i++) {
      try (Step step = device.step()) {
        x.mul(2).sum().backward();
      }
    }
    assertThat(grad(x)).containsExactly(6, 6);
    x.zeroGrad();
    assertThat(x.grad()).isNull();
    try (Step step = device.step()) {
      x.mul(4).sum().backward();
    }
    assertThat(grad(x)).containsExactly(4, 4);
  }

  @Test
  void detachedTensorsLetNoGradientThrough() {
    Tensor x = leaf(3);
    try (Step step = device.step()) {
      x.mul(x.detach()).sum().backward();
    }
    assertThat(grad(x)).containsExactly(3);
  }

  @Test
  void startsFromAGivenGradient() {
    Tensor x = leaf(1, 2, 3);
    try (Step step = device.step()) {
      x.square().backward(device.tensor(new float[] {1, 10, 100}, 3));
    }
    assertThat(grad(x)).containsExactly(2, 40, 600);
  }

  @Test
  void reshapedTensorsShareStorageAndGradients() {
    Tensor x = leaf(1, 2, 3, 4, 5, 6);
    try (Step step = device.step()) {
      Tensor m = x.reshape(2, -1);
      assertThat(m.shape()).isEqualTo(Shape.of(2, 3));
      m.slice(1, 1, 3).mul(m.slice(1, 0, 2)).sum().backward();
    }
    assertThat(grad(x)).containsExactly(2, 1 + 3, 2, 5, 4 + 6, 5);
  }

  @Test
  void inferenceStepsRecordNothing() {
    Tensor x = leaf(1);
    try (Step step = device.inference()) {
      Tensor y = x.mul(2).sum();
      assertThat(y.requiresGrad()).isFalse();
      assertThatIllegalStateException()
          .isThrownBy(y::backward)
          .withMessageContaining("was not recorded");
    }
  }

  @Test
  void secondWalkOverOneGraphIsAnError() {
    Tensor x = leaf(1, 2);
    try (Step step = device.step()) {
      Tensor shared = x.exp();
      Tensor a = shared.sum();
      Tensor b = shared.mean();
      a.backward();
      assertThatIllegalStateException()
          .isThrownBy(a::backward)
          .withMessageContaining("walked back");
      assertThatIllegalStateException()
          .isThrownBy(b::backward)
          .withMessageContaining("result of exp [2]")
          .withMessageContaining("call backward once");
    }
  }

  @Test
  void backwardNeedsASingleNumber() {
    Tensor x = leaf(1, 2);
    try (Step step = device.step()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> x.mul(2).backward())
          .withMessageContaining("[2]")
          .withMessageContaining("mean()");
    }
  }

  @Test
  void tensorsDieWithTheirStep() {
    Tensor x = leaf(1);
    Tensor kept;
    try (Step step = device.step()) {
      kept = x.mul(2);
    }
    assertThatIllegalStateException()
        .isThrownBy(kept::toFloatArray)
        .withMessageContaining("tensor [1] was used after its end");
    assertThat(kept.toString()).contains("closed");
  }

  @Test
  void viewsDieWithWhatTheyLookAt() {
    Scope scope = device.scope();
    Tensor x = scope.tensor(new float[] {1, 2}, 2);
    try (Step step = device.inference()) {
      Tensor view = x.reshape(2, 1);
      scope.close();
      assertThatIllegalStateException().isThrownBy(view::toFloatArray).withMessageContaining("[2]");
    }
  }

  @Test
  void operationsNeedAStep() {
    Tensor x = leaf(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> x.mul(2))
        .withMessageContaining("no step is open")
        .withMessageContaining("device.step()");
  }

  @Test
  void onlyOneStepRecordsButInferenceMayHappenInside() {
    Tensor x = leaf(3);
    try (Step step = device.step()) {
      Tensor y = x.square();
      try (Step inner = device.inference()) {
        assertThat(y.mul(2).item()).isEqualTo(18);
      }
      assertThatIllegalStateException()
          .isThrownBy(device::step)
          .withMessageContaining("open already");
      y.sum().backward();
    }
    assertThat(grad(x)).containsExactly(6);
  }

  @Test
  void everythingIsFreedOnEveryPath() {
    Tensor x = leaf(1, 2, 3);
    long before = device.backend().memory().inUseBytes();
    for (int i = 0; i < 2; i++) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> {
            try (Step step = device.step()) {
              Tensor y = x.mul(2).exp();
              y.sum().backward();
              y.add(device.zeros(7));
            }
          })
          .withMessageContaining("add: shapes [3] and [7] do not fit");
      x.zeroGrad();
    }
    long gradient = device.backend().memory().inUseBytes() - before;
    assertThat(gradient).as("x's own gradient stays").isBetween(12L, 256L);
  }

  @Test
  void stepsBelongToTheirThread() {
    Tensor x = leaf(1);
    try (Step step = device.step()) {
      assertThat(
              org.assertj.core.api.Assertions.catchThrowableOfType(
                  CompletionException.class,
                  () -> CompletableFuture.runAsync(() -> x.mul(2)).join()))
          .hasRootCauseInstanceOf(IllegalStateException.class)
          .hasMessageContaining("a device of its own");
    }
  }

  @Test
  void tensorsOfTwoDevicesDoNotMix() {
    try (Device other = Device.of(new ReferenceBackend())) {
      Tensor y = other.root().ones(1);
      Tensor x = leaf(1);
      try (Step step = device.step()) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> x.add(y))
            .withMessageContaining("add: tensors [1] and [1] live on two devices");
      }
    }
  }

  @Test
  void modulesCannotBeInitialisedTwice() {
    Linear layer = linear(2, 3);
    layer.init(device, 1);
    try (Device other = Device.of(new ReferenceBackend())) {
      assertThatIllegalStateException()
          .isThrownBy(() -> layer.init(other, 1))
          .withMessageContaining("parameter weight [3, 2] has a value already");
    }
  }

  @Test
  void evaluatingDoesNotChangeTheMasksOfTraining() {
    Tensor x = device.root().ones(64);
    device.seed(5);
    float[] plain = masks(x, false);
    device.seed(5);
    assertThat(masks(x, true)).containsExactly(plain);
    device.seed(6);
    assertThat(masks(x, false)).isNotEqualTo(plain);
  }

  private float[] masks(Tensor x, boolean evaluateBetween) {
    float[] all = new float[3 * 128];
    for (int i = 0; i < 3; i++) {
      if (evaluateBetween) {
        try (Step step = device.inference()) {
          Dropout.dropout(x, 0.5f);
        }
      }
      try (Step step = device.step()) {
        Dropout.dropout(x, 0.5f).copyTo(all, i * 128);
        Dropout.dropout(x, 0.5f).copyTo(all, i * 128 + 64);
      }
    }
    return all;
  }

  @Test
  void aDetachedTensorsGradientIsTheSteps() {
    Tensor x = leaf(1, 2, 3);
    long before = device.backend().memory().inUseBytes();
    Tensor view;
    try (Step step = device.step()) {
      view = x.detach().requiresGrad(true);
      view.square().sum().backward();
      assertThat(grad(view)).containsExactly(2, 4, 6);
      assertThat(view.scope()).isSameAs(step);
    }
    assertThat(device.backend().memory().inUseBytes()).isEqualTo(before);
    assertThatIllegalStateException().isThrownBy(view::toFloatArray);
    assertThat(x.detach().toFloatArray()).as("without a step").containsExactly(1, 2, 3);
  }

  @Test
  void viewsKnowTheRangeOfWhatTheyLookAt() {
    Tensor y = device.root().tensor(new int[] {0, 1}, 2);
    try (Step step = device.step()) {
      Tensor view = y.reshape(2, 1).reshape(1, 2);
      assertThat(view.isKnownWithin(0, 2)).isTrue();
      y.set(new int[] {7, 1_000_000});
      assertThat(view.isKnownWithin(0, 1_000_000)).isFalse();
      assertThat(view.isKnownWithin(7, 1_000_001)).isTrue();
      view.set(new int[] {4, 3});
      assertThat(y.isKnownWithin(3, 5)).isTrue();
      assertThat(step.isOpen()).isTrue();
    }
  }
}

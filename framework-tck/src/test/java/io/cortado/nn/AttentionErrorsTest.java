package io.cortado.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cortado.Device;
import io.cortado.Shape;
import io.cortado.Step;
import io.cortado.Tensor;
import io.cortado.autograd.Attention;
import io.cortado.autograd.AttentionOptions;
import io.cortado.tck.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What attention is not given: messages name the operation, the shapes and the remedy. */
class AttentionErrorsTest {

  private static final Offset<Float> ROUNDING = Offset.offset(1e-6f);

  private final Device device = Device.of(new ReferenceBackend());
  private final MultiheadAttention attention = new MultiheadAttention(4, 2);

  @BeforeEach
  void init() {
    attention.init(device, 1);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void featuresHaveToBeSplitIntoHeads() {
    refused(() -> new MultiheadAttention(6, 4), "multiheadAttention", "6", "4 heads", "multiple");
    refused(() -> new TransformerEncoderLayer(4, 0), "0 heads");
    refused(() -> MultiheadAttentionOptions.DEFAULTS.dropout(1.5), "dropout", "1.5");
    refused(() -> TransformerOptions.DEFAULTS.dimFeedforward(0), "dimFeedforward 0");
    refused(
        () -> new TransformerEncoder(new TransformerEncoderLayer(4, 2), 0), "0 layers", "at least");
  }

  @Test
  void shapesHaveToFit() {
    try (Step step = device.step()) {
      Tensor q = step.zeros(3, 2, 4);
      Tensor k = step.zeros(5, 2, 4);
      refused(() -> attention.forward(step.zeros(3, 2, 5), k, k), "[3, 2, 5]", "5", "made for 4");
      refused(() -> attention.forward(q, k, step.zeros(4, 2, 4)), "[4, 2, 4]", "value for each");
      refused(() -> attention.forward(q, step.zeros(5, 3, 4), k), "[5, 3, 4]", "same batch");
      refused(() -> attention.forward(q, step.zeros(5, 4), k), "[5, 4]", "[length, N, features]");
      AttentionMasks none = AttentionMasks.NONE;
      refused(
          () -> attention.attend(q, k, k, none.attnMask(step.zeros(5, 3))),
          "attnMask [5, 3]",
          "[3, 5]",
          "[4, 3, 5]");
      refused(
          () -> attention.attend(q, k, k, none.keyPaddingMask(step.zeros(5, 2))),
          "keyPaddingMask [5, 2]",
          "[2, 5]");
      Tensor two = step.tensor(new int[] {0, 1, 2, 0, 0, 0, 0, 0, 0, 0}, 2, 5);
      refused(
          () -> attention.attend(q, k, k, none.keyPaddingMask(two)), "mask", "index 2", "[2, 5]");
    }
  }

  @Test
  void functionsShapesHaveToFit() {
    AttentionOptions plain = AttentionOptions.DEFAULTS;
    try (Step step = device.step()) {
      Tensor q = step.zeros(2, 4, 3, 5);
      Tensor k = step.zeros(2, 2, 6, 5);
      refused(() -> call(q, k, k, plain), "[2, 4, 3, 5]", "[2, 2, 6, 5]", "enableGqa");
      assertThat(call(q, k, k, plain.enableGqa(true)).shape()).isEqualTo(Shape.of(2, 4, 3, 5));
      Tensor odd = step.zeros(2, 3, 6, 5);
      refused(() -> call(q, odd, odd, plain.enableGqa(true)), "[2, 3, 6, 5]", "multiple");
      Tensor same = step.zeros(2, 4, 6, 5);
      refused(() -> call(q, step.zeros(2, 4, 6, 4), same, plain), "as many features");
      refused(() -> call(q, same, step.zeros(2, 4, 5, 5), plain), "a value for each key");
      refused(() -> call(step.zeros(5), same, same, plain), "rank");
      AttentionOptions masked = plain.attnMask(step.zeros(6, 3));
      refused(() -> call(q, same, same, masked), "mask [6, 3]", "[2, 4, 3, 6]", "broadcast");
      Tensor ints = step.tensor(new int[2 * 4 * 6 * 5], 2, 4, 6, 5);
      refused(() -> call(q, same, ints, plain), "scaledDotProductAttention", "float32 is needed");
      refused(() -> plain.dropoutP(-0.1), "dropout", "-0.1");
    }
  }

  private static Tensor call(Tensor q, Tensor k, Tensor v, AttentionOptions options) {
    return Attention.scaledDotProductAttention(q, k, v, options);
  }

  /** A query that sees no key, by masks of both types, with dropout, and in blocks: 0. */
  @Test
  void aQueryThatSeesNoKeyGivesZeroAndNoGradient() {
    try (Step step = device.step()) {
      Tensor ints = step.tensor(new int[] {1, 0, 0, 0, 1, 1}, 3, 2);
      float hidden = Float.NEGATIVE_INFINITY;
      for (AttentionOptions o :
          List.of(
              AttentionOptions.DEFAULTS.attnMask(ints),
              AttentionOptions.DEFAULTS.attnMask(ints).isCausal(true).blockSize(1),
              AttentionOptions.DEFAULTS.attnMask(ints).dropoutP(0.5))) {
        Tensor x = step.tensor(new float[] {1, 2, 3, 4, 5, 6}, 3, 2).requiresGrad(true);
        Tensor keys = step.ones(2, 2).requiresGrad(true);
        Tensor y = call(x, keys, keys, o);
        assertThat(Arrays.copyOfRange(y.toFloatArray(), 2, 4)).containsOnly(0f);
        y.sum().backward();
        assertThat(Arrays.copyOfRange(x.grad().toFloatArray(), 2, 4)).containsOnly(0f);
        for (float g : keys.grad().toFloatArray()) {
          assertThat(g).isFinite();
        }
      }
      Tensor added = step.tensor(new float[] {0, hidden, hidden, hidden}, 2, 2).requiresGrad(true);
      Tensor x = step.ones(2, 3);
      Tensor y = call(x, x, x, AttentionOptions.DEFAULTS.attnMask(added));
      assertThat(y.toFloatArray()).containsExactly(1, 1, 1, 0, 0, 0);
      y.sum().backward();
      assertThat(added.grad().toFloatArray()).containsOnly(0f);
    }
  }

  /** In torch the path without weights gives 0, and the one with them NaN. */
  @Test
  void whatAHeadWithoutKeysGivesDependsOnWhetherWeightsAreWanted() {
    try (Step step = device.inference()) {
      Tensor x = step.ones(3, 1, 4);
      AttentionMasks none =
          AttentionMasks.NONE.keyPaddingMask(step.tensor(new int[] {1, 1, 1}, 1, 3));
      assertThat(attention.attend(x, x, x, none).toFloatArray()).containsOnly(0f); // no bias yet
      AttentionOutput shown = attention.forward(x, x, x, none, true, true);
      assertThat(shown.output().toFloatArray()).containsOnly(Float.NaN);
    }
  }

  @Test
  void emptyOnesPassThrough() {
    try (Step step = device.step()) {
      Tensor none = step.zeros(0, 3, 4).requiresGrad(true);
      Tensor y = call(none, none, none, AttentionOptions.DEFAULTS);
      assertThat(y.shape()).isEqualTo(Shape.of(0, 3, 4));
      y.sum().backward();
      Tensor q = step.ones(2, 4);
      Tensor noKeys = step.zeros(0, 4);
      assertThat(call(q, noKeys, noKeys, AttentionOptions.DEFAULTS).toFloatArray())
          .containsOnly(0f);
    }
  }

  /** The causal flag is the causal mask, with learned keys behind all others, too. */
  @Test
  void causalIsTheMask() {
    MultiheadAttention more =
        new MultiheadAttention(4, 2, MultiheadAttentionOptions.DEFAULTS.addBiasKv(true));
    more.init(device, 2);
    for (MultiheadAttention a : new MultiheadAttention[] {attention, more}) {
      try (Step step = device.inference()) {
        Tensor x = step.tensor(new float[] {1, 2, -1, 0, 3, 1, 1, -2, 0, 1, 0, 2}, 3, 1, 4);
        Tensor mask = Transformer.generateSquareSubsequentMask(device, 3);
        assertThat(mask.toFloatArray())
            .containsExactly(0, -1 / 0f, -1 / 0f, 0, 0, -1 / 0f, 0, 0, 0);
        float[] masked = a.attend(x, x, x, AttentionMasks.NONE.attnMask(mask)).toFloatArray();
        float[] causal = a.attend(x, x, x, AttentionMasks.CAUSAL).toFloatArray();
        AttentionOutput shown = a.forward(x, x, x, AttentionMasks.CAUSAL, true, true);
        for (int i = 0; i < masked.length; i++) {
          assertThat(causal[i]).isCloseTo(masked[i], ROUNDING);
          assertThat(shown.output().toFloatArray()[i]).isCloseTo(masked[i], ROUNDING);
        }
      }
    }
  }
}

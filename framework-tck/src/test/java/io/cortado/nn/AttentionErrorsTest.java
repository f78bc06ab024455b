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

  /** A query that sees no key: NaN for it alone, as PyTorch's. */
  @Test
  void nothingSeenIsNaN() {
    try (Step step = device.step()) {
      Tensor x = step.ones(2, 3);
      Tensor mask = step.tensor(new int[] {1, 0, 0, 0}, 2, 2);
      float[] y = call(x, x, x, AttentionOptions.DEFAULTS.attnMask(mask)).toFloatArray();
      assertThat(y).containsExactly(1, 1, 1, Float.NaN, Float.NaN, Float.NaN);
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

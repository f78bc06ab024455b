package io.cortado.tck;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.loss.CrossEntropyLoss;
import io.cortado.nn.Embedding;
import io.cortado.nn.Linear;
import io.cortado.nn.Module;
import io.cortado.nn.Parameter;
import io.cortado.nn.TransformerEncoder;
import io.cortado.nn.TransformerEncoderLayer;
import io.cortado.nn.TransformerOptions;
import io.cortado.nn.init.Initializers;
import java.util.Random;

/**
 * A small transformer that learns to reverse sequences: each place has to look at another one, so
 * that nothing but attention can do it.
 */
public final class SequenceReversal extends Module {

  /** Tokens of a sequence. */
  public static final int LENGTH = 6;

  private static final int TOKENS = 8;
  private static final int FEATURES = 32;

  private final Embedding tokens = child("tokens", new Embedding(TOKENS, FEATURES));
  private final Parameter places =
      parameter("places", Shape.of(LENGTH, FEATURES), Initializers.normal(0, 1));
  private final TransformerEncoder encoder;
  private final Linear out = child("out", new Linear(FEATURES, TOKENS));
  private final CrossEntropyLoss loss = new CrossEntropyLoss();

  /** Makes a model of one layer. */
  public SequenceReversal(double dropout) {
    TransformerOptions options =
        TransformerOptions.DEFAULTS
            .dimFeedforward(64)
            .dropout(dropout)
            .batchFirst(true)
            .normFirst(true);
    var layer = new TransformerEncoderLayer(FEATURES, 4, options);
    encoder = child("encoder", new TransformerEncoder(layer, 1));
  }

  /** Returns random sequences, int32 {@code [samples, length]}, and what they are reversed. */
  public static Tensor[] batch(Scope scope, int number, int samples) {
    Random random = new Random(number);
    int[] in = new int[samples * LENGTH];
    int[] reversed = new int[in.length];
    for (int s = 0; s < samples; s++) {
      for (int i = 0; i < LENGTH; i++) {
        in[s * LENGTH + i] = random.nextInt(TOKENS);
        reversed[(s + 1) * LENGTH - 1 - i] = in[s * LENGTH + i];
      }
    }
    return new Tensor[] {
      scope.tensor(in, samples, LENGTH), scope.tensor(reversed, samples * LENGTH)
    };
  }

  /** Returns the logits of each token, {@code [samples * length, tokens]}. */
  public Tensor logits(Tensor sequences) {
    Tensor x = tokens.forward(sequences).add(places.value());
    return out.forward(encoder.forward(x)).reshape(-1, TOKENS);
  }

  /** Returns the loss of a batch. */
  public Tensor loss(Tensor[] batch) {
    return loss.forward(logits(batch[0]), batch[1]);
  }

  /** Returns which part of the tokens of a batch is right. */
  public double accuracy(Device device, int number, int samples) {
    try (Scope scope = device.scope();
        var _ = device.inference()) {
      Tensor[] batch = batch(scope, number, samples);
      int[] found = logits(batch[0]).argmax(1).toIntArray();
      int[] right = batch[1].toIntArray();
      int hits = 0;
      for (int i = 0; i < right.length; i++) {
        hits += found[i] == right[i] ? 1 : 0;
      }
      return hits / (double) right.length;
    }
  }
}

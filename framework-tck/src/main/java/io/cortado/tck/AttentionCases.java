package io.cortado.tck;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Attention;
import io.cortado.autograd.AttentionOptions;
import io.cortado.autograd.Dropout;
import io.cortado.autograd.Embeddings;
import io.cortado.autograd.Indexing;
import io.cortado.tck.AutogradCases.Function;
import io.cortado.tck.AutogradCases.Range;

/** The cases of attention, of whole channels dropped, and of embeddings' options. */
final class AttentionCases {

  private AttentionCases() {}

  private static Shape s(int... dims) {
    return Shape.of(dims);
  }

  private static Function attention(AttentionOptions options) {
    return in -> Attention.scaledDotProductAttention(in[0], in[1], in[2], options);
  }

  static void addTo(AutogradCases cases) {
    String name = "Attention.scaledDotProductAttention";
    AttentionOptions plain = AttentionOptions.DEFAULTS;
    cases.add(name, "", Range.SIGNED, attention(plain), s(3, 4), s(5, 4), s(5, 2));
    Shape q = s(2, 2, 3, 4);
    Shape k = s(2, 2, 5, 4);
    cases.add(name, "causal ", Range.SIGNED, attention(plain.isCausal(true)), q, k, k);
    cases.add(name, "causal ", Range.SIGNED, attention(plain.isCausal(true)), k, q, q);
    cases.add(name, "dropout ", Range.SIGNED, attention(plain.dropoutP(0.4)), q, k, k);
    AttentionOptions grouped = plain.enableGqa(true).scale(0.7);
    cases.add(
        name,
        "grouped ",
        Range.SIGNED,
        attention(grouped),
        s(2, 4, 3, 2),
        s(2, 2, 5, 2),
        s(2, 2, 5, 3));
    Function masked =
        in -> {
          Tensor seen = in[0].device().tensor(new int[] {1, 0, 1, 1, 1}, 5);
          AttentionOptions both = plain.attnMask(seen).attnMask(in[3]);
          return Attention.scaledDotProductAttention(in[0], in[1], in[2], both);
        };
    cases.add(name, "masked ", Range.SIGNED, masked, q, k, k, s(2, 1, 3, 5));
    cases.add(name, "masked by rows ", Range.SIGNED, masked, q, k, k, s(2, 3, 1));
    Function itself =
        in -> Attention.scaledDotProductAttention(in[0], in[0], in[0], plain.isCausal(true));
    cases.add(name, "of itself ", Range.SIGNED, itself, s(2, 4, 3));
    dropouts(cases);
    tables(cases);
  }

  private static void dropouts(AutogradCases cases) {
    Shape x = s(3, 4, 5);
    Function channels = in -> Dropout.featureDropout(in[0], 0.5f, 2);
    cases.add("Dropout.featureDropout", "", Range.SIGNED, channels, x);
    Function alpha = in -> Dropout.alphaDropout(in[0], 0.3f);
    cases.add("Dropout.alphaDropout", "", Range.SIGNED, alpha, x);
    Function both = in -> Dropout.featureAlphaDropout(in[0], 0.3f, 2);
    cases.add("Dropout.featureAlphaDropout", "", Range.SIGNED, both, x);
  }

  private static void tables(AutogradCases cases) {
    int[] i = {2, 0, 2, 3};
    Function add = in -> Indexing.indexAdd(in[0], 1, in[0].device().tensor(i, 4), in[1]);
    cases.add("Indexing.indexAdd", "", Range.SIGNED, add, s(2, 4, 3), s(2, 4, 3));
    // By a gradient that differs for equal indices and that frequencies of 1 do not scale.
    int[] once = {2, 0, 3};
    Function scaled =
        in ->
            Embeddings.embedding(
                in[0].device().tensor(once, 3), in[0], Embeddings.NO_PADDING, true);
    cases.add("Embeddings.embedding", "scaled ", Range.SIGNED, scaled, s(5, 3));
  }
}

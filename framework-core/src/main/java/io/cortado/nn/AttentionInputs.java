package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Attention;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one call of {@link MultiheadAttention} is given, checked, and always with a batch. */
final class AttentionInputs {

  private static final String NAME = "multiheadAttention";

  private final int heads;
  private final boolean batchFirst;
  private final boolean batched;
  private final Tensor query;
  private final Tensor key;
  private final Tensor value;
  private final int batch;
  private final int queries;
  private final int keys;

  AttentionInputs(
      int features,
      int heads,
      MultiheadAttentionOptions options,
      Tensor query,
      Tensor key,
      Tensor value) {
    this.heads = heads;
    batchFirst = options.batchFirst();
    int rank = query.shape().rank();
    batched = rank == 3;
    if (rank != 2 && rank != 3 || key.shape().rank() != rank || value.shape().rank() != rank) {
      throw mismatch(
          query,
          key,
          value,
          "all need the axes " + layout() + ", or all those without the batch N");
    }
    checkFeatures("query", query, features);
    checkFeatures("key", key, Objects.requireNonNullElse(options.kdim(), features));
    checkFeatures("value", value, Objects.requireNonNullElse(options.vdim(), features));
    this.query = batched(query);
    this.key = key == query ? this.query : batched(key);
    this.value = value == key ? this.key : batched(value);
    int steps = batchFirst ? 1 : 0;
    batch = this.query.dim(1 - steps);
    queries = this.query.dim(steps);
    keys = this.key.dim(steps);
    if (this.key.dim(1 - steps) != batch
        || this.value.dim(1 - steps) != batch
        || this.value.dim(steps) != keys) {
      throw mismatch(
          query,
          key,
          value,
          "all need the same batch N in " + layout() + ", and a value for each key");
    }
  }

  private String layout() {
    return batchFirst ? "[N, length, features]" : "[length, N, features]";
  }

  private static void checkFeatures(String what, Tensor x, int features) {
    if (x.dim(-1) != features) {
      throw new IllegalArgumentException(
          "%s: %s %s has %d features, the layer was made for %d"
              .formatted(NAME, what, x.shape(), x.dim(-1), features));
    }
  }

  private Tensor batched(Tensor x) {
    return batched ? x : x.unsqueeze(batchFirst ? 0 : 1);
  }

  private static IllegalArgumentException mismatch(Tensor q, Tensor k, Tensor v, String hint) {
    return new IllegalArgumentException(
        "%s: query %s, key %s and value %s do not fit: %s"
            .formatted(NAME, q.shape(), k.shape(), v.shape(), hint));
  }

  Tensor query() {
    return query;
  }

  Tensor key() {
    return key;
  }

  Tensor value() {
    return value;
  }

  int keys() {
    return keys;
  }

  boolean batched() {
    return batched;
  }

  /** Takes projections apart: {@code [parts, N, heads, length, features of a head]}. */
  Tensor split(Tensor x, int parts) {
    int each = x.dim(2) / parts / heads;
    Tensor y = x.reshape(x.dim(0), x.dim(1), parts, heads, each);
    return batchFirst ? y.permute(2, 0, 3, 1, 4) : y.permute(2, 1, 3, 0, 4);
  }

  /** Puts heads side by side, in the layout of the query. */
  Tensor join(Tensor x) {
    Tensor y = batchFirst ? x.permute(0, 2, 1, 3) : x.permute(2, 0, 1, 3);
    return y.reshape(y.dim(0), y.dim(1), heads * x.dim(3));
  }

  Tensor unbatched(Tensor y) {
    return batched ? y : y.squeeze(batchFirst ? 0 : 1);
  }

  /**
   * Returns masks as what is added to scores {@code [N, heads, L, S]}.
   *
   * @param added how many keys behind the given ones every query sees
   */
  List<Tensor> masks(AttentionMasks masks, int added) {
    List<Tensor> all = new ArrayList<>();
    @Nullable Tensor attn = masks.attnMask();
    if (attn != null) {
      Shape own = attn.shape();
      boolean each = own.equals(Shape.of(batch * heads, queries, keys));
      if (!each && !own.equals(Shape.of(queries, keys))) {
        throw new IllegalArgumentException(
            "%s: attnMask %s does not fit; [%d, %d] is needed, or [%d, %d, %d]: queries and keys, for all or for each of N * heads"
                .formatted(NAME, own, queries, keys, batch * heads, queries, keys));
      }
      Tensor mask = Attention.additive(attn, false);
      all.add(each ? mask.reshape(batch, heads, queries, keys) : mask);
    }
    @Nullable Tensor padding = masks.keyPaddingMask();
    if (padding != null) {
      Shape needed = batched ? Shape.of(batch, keys) : Shape.of(keys);
      if (!padding.shape().equals(needed)) {
        throw new IllegalArgumentException(
            "%s: keyPaddingMask %s does not fit; %s is needed, a number for each key"
                .formatted(NAME, padding.shape(), needed));
      }
      all.add(Attention.additive(padding, false).reshape(batch, 1, 1, keys));
    }
    if (added == 0) {
      return all;
    }
    if (masks.isCausal()) {
      all.add(later());
    }
    return all.stream().map(m -> m.pad(0, added)).toList();
  }

  /** Returns the mask that hides later keys. */
  Tensor later() {
    return Attention.causalMask(query.device(), queries, keys);
  }
}

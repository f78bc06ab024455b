package io.cortado.backend;

import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Recurrent layers made of a backend's single directions: what the seam does by default. */
final class RnnDirections {

  /** Each direction's part of a reserve starts at a multiple of this, as all buffers do. */
  private static final long ALIGNMENT = 256 / Float.BYTES;

  private RnnDirections() {}

  private static long partSize(RecurrentOps backend, RnnSpec direction) {
    return Math.ceilDiv(backend.rnnReserveSize(direction), ALIGNMENT) * ALIGNMENT;
  }

  static long reserveSize(RecurrentOps backend, RnnLayerSpec s) {
    return s.directions() * partSize(backend, s.direction(0));
  }

  private static Buffer part(RecurrentOps backend, RnnSpec direction, Buffer reserve) {
    if (direction.directions() == 1) {
      return reserve;
    }
    long size = partSize(backend, direction);
    return backend.slice(reserve, direction.direction() * size, size);
  }

  static void forward(
      RecurrentOps backend,
      RnnLayerSpec s,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      List<RnnWeights> weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve) {
    for (int d = 0; d < s.directions(); d++) {
      RnnSpec one = s.direction(d);
      Buffer part = reserve == null ? null : part(backend, one, reserve);
      backend.rnn(one, lengths, x, h0, c0, weights.get(d), y, hn, cn, part);
    }
  }

  static void backwardData(
      RecurrentOps backend,
      RnnLayerSpec s,
      @Nullable Buffer lengths,
      Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      List<RnnWeights> weights,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0) {
    for (int d = 0; d < s.directions(); d++) {
      RnnSpec one = s.direction(d);
      // The input's gradient is the sum of both directions'; each writes a block of its own states.
      backend.rnnBackwardData(
          one,
          lengths,
          dy,
          dhn,
          dcn,
          weights.get(d),
          part(backend, one, reserve),
          d == 0 ? betaX : 1,
          dx,
          betaH,
          dh0,
          betaC,
          dc0);
    }
  }

  static void backwardWeights(
      RecurrentOps backend,
      RnnLayerSpec s,
      Buffer x,
      Buffer reserve,
      List<RnnGradients> gradients) {
    for (int d = 0; d < s.directions(); d++) {
      RnnSpec one = s.direction(d);
      RnnGradients g = gradients.get(d);
      backend.rnnBackwardWeights(
          one,
          x,
          part(backend, one, reserve),
          g.betaIh(),
          g.ih(),
          g.betaHh(),
          g.hh(),
          g.betaBiasIh(),
          g.biasIh(),
          g.betaBiasHh(),
          g.biasHh());
    }
  }
}

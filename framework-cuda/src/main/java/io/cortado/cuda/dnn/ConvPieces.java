package io.cortado.cuda.dnn;

import io.cortado.backend.Buffer;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.cuda.CudaBuffer;
import org.jspecify.annotations.Nullable;

/** Convolutions, those of batches that are too large for cuDNN's tensors in several calls. */
final class ConvPieces implements AutoCloseable {

  private final Convolutions convolutions;
  private final Limits limits;

  ConvPieces(Convolutions convolutions, Limits limits) {
    this.convolutions = convolutions;
    this.limits = limits;
  }

  private static long inputImage(ConvSpec s) {
    return (long) s.c() * s.h() * s.w();
  }

  private static long outputImage(ConvSpec s) {
    return (long) s.k() * s.outH() * s.outW();
  }

  private Pieces pieces(ConvSpec s) {
    return Pieces.of(s.n(), Math.max(inputImage(s), outputImage(s)), limits, s);
  }

  private static Buffer images(Buffer buffer, long image, long first, int count) {
    return CudaBuffer.of(buffer).slice(first * image, count * image);
  }

  void forward(ConvSpec s, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    pieces(s)
        .each((first, n) ->
            convolutions.forward(
                s.withImages(n),
                images(x, inputImage(s), first, n),
                w,
                bias,
                images(y, outputImage(s), first, n)));
  }

  void backwardData(ConvSpec s, Buffer dy, Buffer w, float beta, Buffer dx) {
    pieces(s)
        .each((first, n) ->
            convolutions.backwardData(
                s.withImages(n),
                images(dy, outputImage(s), first, n),
                w,
                beta,
                images(dx, inputImage(s), first, n)));
  }

  /** The gradients of the pieces add up. */
  void backwardFilter(ConvSpec s, Buffer x, Buffer dy, float beta, Buffer dw) {
    pieces(s)
        .each((first, n) ->
            convolutions.backwardFilter(
                s.withImages(n),
                images(x, inputImage(s), first, n),
                images(dy, outputImage(s), first, n),
                first == 0 ? beta : 1,
                dw));
  }

  @Override
  public void close() {
    convolutions.close();
  }
}

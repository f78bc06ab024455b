package io.cortado.backend;

import io.cortado.DType;
import io.cortado.backend.spec.AdamSpec;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.BatchNormSpec;
import io.cortado.backend.spec.BinarySpec;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.CopySpec;
import io.cortado.backend.spec.CrossEntropySpec;
import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.LinearSpec;
import io.cortado.backend.spec.LossScaleSpec;
import io.cortado.backend.spec.LrnSpec;
import io.cortado.backend.spec.NormSpec;
import io.cortado.backend.spec.PermuteSpec;
import io.cortado.backend.spec.PointwiseLossSpec;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.RnnLayerSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.backend.spec.SgdSpec;
import io.cortado.backend.spec.SoftmaxSpec;
import io.cortado.backend.spec.UnaryOp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic and memory of one device.
 *
 * <p>See the package's description for the rules. Operations may run asynchronously, in the order
 * of the calls; {@link #download} and {@link #synchronize} wait. An instance is used by one thread
 * at a time. Wherever {@code beta} stands, 0 means that the output is overwritten whatever it held,
 * and 1 that the result is added to it.
 */
public interface Backend
    extends PointwiseOps,
        IndexOps,
        OrderOps,
        CopyOps,
        MaxPoolOps,
        RandomOps,
        SequenceLossOps,
        AutoCloseable {

  /** Returns the name users ask for, such as {@code "cpu"}. */
  String name();

  /** Returns one line for a log: what runs here, and why it was chosen over what else there is. */
  String description();

  /**
   * Returns the precision this was opened with; what is computed is at least as exact.
   *
   * <p>Whether gradients are computed in a format that small ones vanish in, and so whether a
   * training scales its loss, is decided by it.
   */
  default MathPrecision precision() {
    return MathPrecision.FLOAT32;
  }

  // ---------------------------------------------------------------- memory

  /**
   * Hands out a buffer of at least {@code length} elements, contents undefined.
   *
   * @throws BackendException if there is no memory left
   */
  Buffer allocate(DType dtype, long length);

  /** Takes back a buffer that {@link #allocate} gave; slices of it must not be used afterwards. */
  void release(Buffer buffer);

  /**
   * Returns a view of part of a buffer; it shares the elements and is not released.
   *
   * <p>The offset is a multiple of 64 elements wherever core asks for slices that are written by
   * their own.
   */
  Buffer slice(Buffer buffer, long offset, long length);

  /** Copies from Java memory; the array may be changed as soon as this returns. */
  void upload(float[] src, int srcOffset, Buffer dst, long dstOffset, int length);

  /** Copies from Java memory; the array may be changed as soon as this returns. */
  void upload(int[] src, int srcOffset, Buffer dst, long dstOffset, int length);

  /** Copies to Java memory, once all operations called before are done. */
  void download(Buffer src, long srcOffset, float[] dst, int dstOffset, int length);

  /** Copies to Java memory, once all operations called before are done. */
  void download(Buffer src, long srcOffset, int[] dst, int dstOffset, int length);

  /** Copies {@code length} elements between buffers of one type that do not overlap. */
  void copy(Buffer src, long srcOffset, Buffer dst, long dstOffset, long length);

  /** Sets the first {@code length} elements of a float buffer. */
  void fill(Buffer dst, long length, float value);

  /** Waits until all operations called before are done. */
  void synchronize();

  /** Returns what the memory pool has done so far. */
  MemoryStats memory();

  // ---------------------------------------------------------------- recording

  /** Says whether this backend can {@linkplain #record record} work and repeat it. */
  default boolean canRecord() {
    return false;
  }

  /**
   * Records the operations that some work calls, without executing them.
   *
   * <p>Buffers that are allocated and released meanwhile are the recording's until it is closed. If
   * the work throws, what was recorded is thrown away, and this backend is as it was.
   *
   * @throws RecordingException if the work did what cannot be recorded, such as a download
   * @throws UnsupportedOperationException if this backend {@linkplain #canRecord() cannot}
   */
  default Recording record(Runnable work) {
    throw new UnsupportedOperationException(name() + " executes operations at once");
  }

  // ---------------------------------------------------------------- elementwise

  /** Computes {@code y = op(x)} for n elements; y may be x. */
  void unary(UnaryOp op, long n, Buffer x, Buffer y);

  /**
   * Computes {@code dx = dy * op'(x) + beta * dx}; dx may be dy.
   *
   * @param x the input, null where {@link UnaryOp#backwardNeedsInput()} is false
   * @param y the output, null where {@link UnaryOp#backwardNeedsOutput()} is false
   */
  void unaryBackward(
      UnaryOp op, long n, @Nullable Buffer x, @Nullable Buffer y, Buffer dy, float beta, Buffer dx);

  /**
   * Computes {@code out = op(a, b) + beta * out} with broadcasting; out may be an operand of its
   * own shape.
   */
  void binary(BinarySpec spec, Buffer a, Buffer b, float beta, Buffer out);

  /** Computes {@code y = alpha * x + beta * y} for n elements; any beta, and 0 overwrites. */
  void axpby(long n, float alpha, Buffer x, float beta, Buffer y);

  /** Computes {@code y = permuted x + beta * y}. */
  void permute(PermuteSpec spec, Buffer x, float beta, Buffer y);

  /**
   * Computes {@code dst block = src block + beta * dst block}; what lies outside the block stays.
   */
  void copyBlock(CopySpec spec, Buffer src, float beta, Buffer dst);

  // ---------------------------------------------------------------- reductions

  /** Computes {@code y = reduced x + beta * y}. */
  void reduce(ReduceSpec spec, Buffer x, float beta, Buffer y);

  /**
   * Writes the index of the first largest element along the axis, NaN counting as largest, as
   * int32.
   */
  void argMax(AxisSpec spec, Buffer x, Buffer y);

  // ---------------------------------------------------------------- matrices

  /** Computes {@code C = alpha op(A) op(B) + beta C}; any beta, and 0 overwrites. */
  void gemm(GemmSpec spec, float alpha, Buffer a, Buffer b, float beta, Buffer c);

  /** Computes {@link #gemm(GemmSpec, float, Buffer, Buffer, float, Buffer)} on parts of buffers. */
  default void gemm(
      GemmSpec spec,
      float alpha,
      Buffer a,
      long aOffset,
      Buffer b,
      long bOffset,
      float beta,
      Buffer c,
      long cOffset) {
    gemm(
        spec,
        alpha,
        FusedDefaults.from(this, a, aOffset),
        FusedDefaults.from(this, b, bOffset),
        beta,
        FusedDefaults.from(this, c, cOffset));
  }

  /** Computes a fully connected layer's output, {@code [rows, out]}. */
  default void linear(LinearSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y) {
    FusedDefaults.linear(this, spec, x, w, bias, y);
  }

  // ---------------------------------------------------------------- convolution and pooling

  /** Computes a convolution with its bias and activation. */
  void conv(ConvSpec spec, Buffer x, Buffer w, @Nullable Buffer bias, Buffer y);

  /**
   * Computes the gradient of a convolution's input, {@code dx = ... + beta * dx}.
   *
   * <p>The spec's activation is not looked at: dy is the gradient before it. Also a transposed
   * convolution's forward pass.
   */
  void convBackwardData(ConvSpec spec, Buffer dy, Buffer w, float beta, Buffer dx);

  /** Computes the gradient of a convolution's weights; dy is the gradient before the activation. */
  void convBackwardFilter(ConvSpec spec, Buffer x, Buffer dy, float beta, Buffer dw);

  /**
   * Returns how many int32 elements a pooling keeps between its forward and backward pass: those of
   * the output for a maximum, which tell where it was found; 0 for none.
   */
  long poolReserveSize(PoolSpec spec);

  /**
   * Computes a pooling.
   *
   * @param reserve of {@link #poolReserveSize} elements, which receives the place {@code row * w +
   *     column} of each maximum within its channel; null where there is none, or no backward pass
   *     will follow
   */
  void pool(PoolSpec spec, Buffer x, Buffer y, @Nullable Buffer reserve);

  /** Computes a pooling's gradient; x, y and reserve are the forward pass's. */
  void poolBackward(
      PoolSpec spec,
      Buffer x,
      Buffer y,
      @Nullable Buffer reserve,
      Buffer dy,
      float beta,
      Buffer dx);

  // ---------------------------------------------------------------- normalisation

  /**
   * Normalises by the batch's own mean and (biased) variance: {@code y = gamma (x - mean) /
   * sqrt(var + eps) + shift}.
   *
   * <p>Where running statistics are given: {@code running = (1 - momentum) running + momentum *
   * batch's}, the variance there being the unbiased one.
   *
   * @param gamma one per channel, null for 1
   * @param shift one per channel, null for 0
   * @param saveMean receives the batch's mean per channel
   * @param saveInvStd receives {@code 1 / sqrt(var + eps)} per channel
   */
  void batchNormTrain(
      BatchNormSpec spec,
      float momentum,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      @Nullable Buffer runningMean,
      @Nullable Buffer runningVar,
      Buffer y,
      Buffer saveMean,
      Buffer saveInvStd);

  /**
   * Normalises by given statistics.
   *
   * @param saveInvStd receives {@code 1 / sqrt(var + eps)}; null if no backward pass will follow
   */
  void batchNormInfer(
      BatchNormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer mean,
      Buffer var,
      Buffer y,
      @Nullable Buffer saveInvStd);

  /**
   * Computes the gradients of a batch normalisation, each output null where it is not wanted.
   *
   * @param batchStatistics whether mean and variance came from x (and so depend on it) or were
   *     given
   */
  void batchNormBackward(
      BatchNormSpec spec,
      boolean batchStatistics,
      Buffer x,
      @Nullable Buffer gamma,
      Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaX,
      @Nullable Buffer dx,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift);

  /**
   * Normalises each row by its own mean and (biased) variance: {@code y = gamma (x - mean) /
   * sqrt(var + eps) + shift}; without centring by its mean square alone.
   *
   * @param gamma one per parameter of the spec, null for 1
   * @param shift one per parameter of the spec, null for 0
   * @param saveMean receives the mean of each row; null where the spec does not centre
   * @param saveInvStd receives {@code 1 / sqrt(var + eps)} of each row
   */
  void norm(
      NormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer shift,
      Buffer y,
      @Nullable Buffer saveMean,
      Buffer saveInvStd);

  /**
   * Computes the gradients of {@link #norm}, each output null where it is not wanted.
   *
   * @param mean of each row; null where the spec does not centre
   */
  void normBackward(
      NormSpec spec,
      Buffer x,
      @Nullable Buffer gamma,
      @Nullable Buffer mean,
      Buffer invStd,
      Buffer dy,
      float betaX,
      @Nullable Buffer dx,
      float betaGamma,
      @Nullable Buffer dGamma,
      float betaShift,
      @Nullable Buffer dShift);

  /** Computes a local response normalisation across channels. */
  void lrn(LrnSpec spec, Buffer x, Buffer y);

  /**
   * Computes the gradient of {@link #lrn}'s input, {@code dx = ... + beta * dx}; y is its output.
   */
  void lrnBackward(LrnSpec spec, Buffer x, Buffer y, Buffer dy, float beta, Buffer dx);

  // ---------------------------------------------------------------- recurrent layers

  /**
   * Returns how many float32 elements {@link #rnnLayer} keeps for the backward pass.
   *
   * <p>What is in it is the backend's own affair. By default there is a part for each direction.
   */
  default long rnnLayerReserveSize(RnnLayerSpec spec) {
    return RnnDirections.reserveSize(this, spec);
  }

  /**
   * Computes one recurrent layer: by default one direction after the other, by {@link #rnn}, which
   * says what a sequence's length means.
   *
   * @param lengths int32, one from 1 to steps for each sequence; null where the spec has none
   * @param h0 the states to start from; null for 0
   * @param c0 an LSTM's cell states to start from; null for 0
   * @param weights each direction's
   * @param hn receives the final states
   * @param cn receives an LSTM's final cell states; null for other kinds
   * @param reserve of {@link #rnnLayerReserveSize} elements; null where no backward pass will
   *     follow
   */
  default void rnnLayer(
      RnnLayerSpec spec,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      List<RnnWeights> weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve) {
    RnnDirections.forward(this, spec, lengths, x, h0, c0, weights, y, hn, cn, reserve);
  }

  /**
   * Computes the gradients of {@link #rnnLayer}'s input and first states, each output null where it
   * is not wanted.
   *
   * @param y the forward pass's output
   * @param dy its gradient; not looked at beyond a sequence's end
   * @param h0 as in the forward pass
   * @param c0 as in the forward pass
   * @param dhn the final states' gradients; null for 0
   * @param dcn an LSTM's final cell states' gradients; null for 0
   * @param reserve the forward pass's; changed, and afterwards what {@link
   *     #rnnLayerBackwardWeights} needs
   */
  default void rnnLayerBackwardData(
      RnnLayerSpec spec,
      @Nullable Buffer lengths,
      Buffer y,
      Buffer dy,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
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
    RnnDirections.backwardData(
        this, spec, lengths, dy, dhn, dcn, weights, reserve, betaX, dx, betaH, dh0, betaC, dc0);
  }

  /**
   * Computes the gradients of {@link #rnnLayer}'s weights.
   *
   * @param x the forward pass's input, finite beyond a sequence's end
   * @param h0 as in the forward pass
   * @param y the forward pass's output
   * @param reserve as {@link #rnnLayerBackwardData} left it
   * @param gradients each direction's
   */
  default void rnnLayerBackwardWeights(
      RnnLayerSpec spec,
      Buffer x,
      @Nullable Buffer h0,
      Buffer y,
      Buffer reserve,
      List<RnnGradients> gradients) {
    RnnDirections.backwardWeights(this, spec, x, reserve, gradients);
  }

  /**
   * Returns how many float32 elements {@link #rnn} keeps for the backward pass.
   *
   * <p>What is in it is the backend's own affair.
   */
  default long rnnReserveSize(RnnSpec spec) {
    return spec.reserveSize();
  }

  /**
   * Computes one direction of one recurrent layer, as {@link RnnSpec} says.
   *
   * <p>A sequence of length l takes part in the steps before l: after that its output is 0, its
   * final state is the one after its last step, and the walk from the last step to the first begins
   * with its own last one.
   *
   * @param lengths int32, one from 1 to steps for each sequence; null where all have all steps
   * @param h0 the states to start from, all directions'; null for 0
   * @param c0 an LSTM's cell states to start from; null for 0
   * @param y the output, all directions'; the others' columns stay
   * @param hn receives the final states; the other directions' stay
   * @param cn receives an LSTM's final cell states; null for other kinds
   * @param reserve of {@link #rnnReserveSize} elements; null where no backward pass will follow
   */
  void rnn(
      RnnSpec spec,
      @Nullable Buffer lengths,
      Buffer x,
      @Nullable Buffer h0,
      @Nullable Buffer c0,
      RnnWeights weights,
      Buffer y,
      Buffer hn,
      @Nullable Buffer cn,
      @Nullable Buffer reserve);

  /**
   * Computes the gradients of {@link #rnn}'s input and first states, each output null where it is
   * not wanted; of the states, this direction's block alone is written.
   *
   * @param dy the output's gradient, all directions'; not looked at beyond a sequence's end
   * @param dhn the final states' gradients; null for 0
   * @param dcn an LSTM's final cell states' gradients; null for 0
   * @param reserve the forward pass's; changed, and afterwards what {@link #rnnBackwardWeights}
   *     needs
   */
  void rnnBackwardData(
      RnnSpec spec,
      @Nullable Buffer lengths,
      Buffer dy,
      @Nullable Buffer dhn,
      @Nullable Buffer dcn,
      RnnWeights weights,
      Buffer reserve,
      float betaX,
      @Nullable Buffer dx,
      float betaH,
      @Nullable Buffer dh0,
      float betaC,
      @Nullable Buffer dc0);

  /**
   * Computes the gradients of {@link #rnn}'s weights, each output null where it is not wanted.
   *
   * @param x the forward pass's input, finite beyond a sequence's end
   * @param reserve as {@link #rnnBackwardData} left it
   */
  void rnnBackwardWeights(
      RnnSpec spec,
      Buffer x,
      Buffer reserve,
      float betaIh,
      @Nullable Buffer dIh,
      float betaHh,
      @Nullable Buffer dHh,
      float betaBiasIh,
      @Nullable Buffer dBiasIh,
      float betaBiasHh,
      @Nullable Buffer dBiasHh);

  // ---------------------------------------------------------------- tables

  /**
   * Copies the rows of a table that the indices name.
   *
   * <p>An index outside of the table is an {@link IllegalArgumentException} that names it where the
   * backend's memory is the host's, and a row of NaN where it is not: never a row of something
   * else.
   *
   * @param indices int32
   * @param table {@code [rows, width]}
   * @param y {@code [count, width]}
   */
  void embedding(EmbeddingSpec spec, Buffer indices, Buffer table, Buffer y);

  /**
   * Adds up, for each row of the table, the gradients of where it was looked up: {@code dTable =
   * ... + beta * dTable}.
   *
   * <p>The sums' order depends on the indices alone. The padding row gets nothing; nor does an
   * index outside of the table give anything to any row, where it is not refused.
   */
  void embeddingBackward(EmbeddingSpec spec, Buffer indices, Buffer dy, float beta, Buffer dTable);

  /**
   * Overwrites rows of a table: {@code table[indices[i], :] = y[i, :]}, or 0 where there is no y.
   *
   * <p>A row may be named more than once if all its y are the same. The padding row is a row like
   * others. An index outside of the table changes nothing, where it is not refused.
   *
   * @param y {@code [count, width]}; null for zeros
   * @param table {@code [rows, width]}
   */
  void embeddingStore(EmbeddingSpec spec, Buffer indices, @Nullable Buffer y, Buffer table);

  // ---------------------------------------------------------------- softmax and losses

  /**
   * Computes a softmax or its logarithm along one axis, shifted by the maximum so that it cannot
   * overflow.
   */
  void softmax(SoftmaxSpec spec, Buffer x, Buffer y);

  /** Computes the gradient of a softmax, or of its logarithm, from its output. */
  void softmaxBackward(SoftmaxSpec spec, Buffer y, Buffer dy, float beta, Buffer dx);

  /**
   * Computes the cross-entropy of logits against class indices, and its gradient in the same pass.
   *
   * <p>With weights the mean is divided by the sum of the targets' weights; an empty mean is NaN,
   * as PyTorch's.
   *
   * @param targets int32, one per row
   * @param weight one per class, null for 1
   * @param loss one per row, or a single number, as the reduction says
   * @param grad receives the gradient of the logits for an upstream gradient of 1; null if not
   *     wanted
   */
  void crossEntropy(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad);

  /**
   * Computes the cross-entropy of logits against class probabilities of the logits' own shape.
   *
   * <p>The mean is over rows, whatever the weights, as PyTorch's.
   */
  void crossEntropyProbabilities(
      CrossEntropySpec spec,
      Buffer logits,
      Buffer targets,
      @Nullable Buffer weight,
      Buffer loss,
      @Nullable Buffer grad);

  /**
   * Computes a loss between elements, and its gradient in the same pass.
   *
   * @param weight one per element, null for 1
   * @param posWeight one per element, null for 1; {@code BCE_WITH_LOGITS} alone
   * @param loss one per element, or a single number, as the reduction says
   * @param grad receives the gradient of x for an upstream gradient of 1; null if not wanted
   */
  void pointwiseLoss(
      PointwiseLossSpec spec,
      Buffer x,
      Buffer target,
      @Nullable Buffer weight,
      @Nullable Buffer posWeight,
      Buffer loss,
      @Nullable Buffer grad);

  // ---------------------------------------------------------------- random

  /**
   * Computes {@code y = mask * x / (1 - p) + beta * y}, the mask being 0 with probability p.
   *
   * <p>Element i is kept where its random word u (see {@link RandomKey}), as an unsigned number, is
   * at least {@code floor(p * 2^32)}. The backward pass is the same call on the gradient. With p =
   * 1, y is 0.
   *
   * @param step int32: the low and the high word of the step number
   */
  void dropout(RandomKey key, Buffer step, float p, long n, Buffer x, float beta, Buffer y);

  // ---------------------------------------------------------------- optimizers

  /**
   * Adds 1 to a number that is kept in device memory.
   *
   * @param counter int32: the low and the high word
   * @param skip a flag in device memory, null for 0: where its first element is not 0, nothing is
   *     changed
   */
  void advance(Buffer counter, @Nullable Buffer skip);

  /**
   * Takes a step of stochastic gradient descent in place.
   *
   * @param hyper the numbers that change, in device memory, at {@link SgdSpec}'s indices
   * @param step int32: the low and the high word of this step's number, from 1; at the first the
   *     momentum buffer may hold anything. Null where there is no momentum
   * @param skip a flag in device memory, null for 0: where its first element is not 0, nothing is
   *     changed
   * @param momentum the direction so far; null where {@link SgdSpec#momentum()} is 0
   */
  void sgd(
      SgdSpec spec,
      Buffer hyper,
      @Nullable Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      @Nullable Buffer momentum);

  /**
   * Takes a step of Adam or AdamW in place.
   *
   * @param hyper the numbers that change, in device memory, at {@link AdamSpec}'s indices
   * @param step int32: the low and the high word of this step's number, from 1
   * @param skip a flag in device memory, null for 0: where its first element is not 0, nothing is
   *     changed
   * @param m the first moment
   * @param v the second moment
   */
  void adam(
      AdamSpec spec,
      Buffer hyper,
      Buffer step,
      @Nullable Buffer skip,
      Buffer param,
      Buffer grad,
      Buffer m,
      Buffer v);

  /**
   * Scales x so that its Euclidean norm is at most {@code maxNorm}: {@code x *= min(1, maxNorm /
   * (norm + 1e-6))}.
   *
   * <p>A norm that is NaN makes all of x NaN but its zeros, which stay: the gaps between gradients
   * are such, and nothing would ever make them 0 again.
   *
   * @param norm receives the norm before, one number
   */
  void clipNorm(long n, float maxNorm, Buffer x, Buffer norm);

  /**
   * Writes the Euclidean norm of n elements, {@code sqrt(sum of x^2)}, and leaves them as they are;
   * infinite or NaN where one of them is.
   *
   * @param norm receives one number
   */
  default void vectorNorm(long n, Buffer x, Buffer norm) {
    FusedDefaults.vectorNorm(this, n, x, norm);
  }

  // ---------------------------------------------------------------- loss scaling

  /**
   * Computes {@code x = x / scale} for n elements, by a product with the scale's reciprocal; where
   * one of them is not finite, sets the flag to 1, and else leaves it.
   *
   * @param state the numbers of a loss scale, at {@link LossScaleSpec}'s indices
   */
  void unscale(long n, Buffer x, Buffer state);

  /**
   * Chooses the next scale by the flag, counts a skipped step, and sets the flag to 0, as {@link
   * LossScaleSpec} says.
   *
   * @param state the numbers of a loss scale
   */
  void updateScale(LossScaleSpec spec, Buffer state);

  /** Frees all memory and threads; a second call does nothing. */
  @Override
  void close();
}

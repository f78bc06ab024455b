package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.backend.spec.PoolSpec;
import io.cortado.backend.spec.UnaryOp;

/** Short names for making layers, to be imported statically. */
public final class Layers {

  private Layers() {}

  /** Layers one after another. */
  public static Sequential sequential(Layer... layers) {
    return new Sequential(layers);
  }

  /** A fully connected layer with a bias. */
  public static Linear linear(int in, int out) {
    return new Linear(in, out);
  }

  /** A fully connected layer. */
  public static Linear linear(int in, int out, boolean bias) {
    return new Linear(in, out, bias);
  }

  /**
   * A convolution of a square kernel, stride 1, no padding: {@code conv2d(3, 64, 3).padding(1)} and
   * so on.
   */
  public static Conv2d conv2d(int in, int out, int kernel) {
    return new Conv2d(in, out, kernel);
  }

  /** A one-dimensional convolution, stride 1, no padding. */
  public static Conv1d conv1d(int in, int out, int kernel) {
    return new Conv1d(in, out, kernel);
  }

  /** A three-dimensional convolution, stride 1, no padding. */
  public static Conv3d conv3d(int in, int out, int kernel) {
    return new Conv3d(in, out, kernel);
  }

  /** A one-dimensional transposed convolution, stride 1, no padding. */
  public static ConvTranspose1d convTranspose1d(int in, int out, int kernel) {
    return new ConvTranspose1d(in, out, kernel);
  }

  /** A two-dimensional transposed convolution, stride 1, no padding. */
  public static ConvTranspose2d convTranspose2d(int in, int out, int kernel) {
    return new ConvTranspose2d(in, out, kernel);
  }

  /** A three-dimensional transposed convolution, stride 1, no padding. */
  public static ConvTranspose3d convTranspose3d(int in, int out, int kernel) {
    return new ConvTranspose3d(in, out, kernel);
  }

  /** The largest element of windows side by side, over one axis. */
  public static MaxPool1d maxPool1d(int kernel) {
    return new MaxPool1d(kernel);
  }

  /** The largest element of square windows side by side. */
  public static MaxPool2d maxPool2d(int kernel) {
    return new MaxPool2d(kernel);
  }

  /** The largest element of cubic windows side by side, over three axes. */
  public static MaxPool3d maxPool3d(int kernel) {
    return new MaxPool3d(kernel);
  }

  /** The mean of windows side by side, over one axis. */
  public static AvgPool1d avgPool1d(int kernel) {
    return new AvgPool1d(kernel);
  }

  /** The mean of square windows side by side. */
  public static AvgPool2d avgPool2d(int kernel) {
    return new AvgPool2d(kernel);
  }

  /** The mean of cubic windows side by side, over three axes. */
  public static AvgPool3d avgPool3d(int kernel) {
    return new AvgPool3d(kernel);
  }

  /** The sum of square windows side by side. */
  public static SumPool2d sumPool2d(int kernel) {
    return new SumPool2d(kernel);
  }

  /** The power-average of windows side by side, over one axis. */
  public static LPPool1d lpPool1d(double p, int kernel) {
    return new LPPool1d(p, kernel);
  }

  /** The power-average of square windows side by side. */
  public static LPPool2d lpPool2d(double p, int kernel) {
    return new LPPool2d(p, kernel);
  }

  /** What undoes a maximum over windows side by side, over one axis. */
  public static MaxUnpool maxUnpool1d(int kernel) {
    return new MaxUnpool(1, kernel);
  }

  /** What undoes a maximum over square windows side by side. */
  public static MaxUnpool maxUnpool2d(int kernel) {
    return new MaxUnpool(2, kernel);
  }

  /** Puts what {@link #maxPool3d} took back where it was. */
  public static MaxUnpool maxUnpool3d(int kernel) {
    return new MaxUnpool(3, kernel);
  }

  /** The largest element of each of windows drawn at random, over two axes. */
  public static FractionalMaxPool fractionalMaxPool2d(int kernel) {
    return new FractionalMaxPool(2, kernel);
  }

  /** The largest element of each of windows drawn at random, over three axes. */
  public static FractionalMaxPool fractionalMaxPool3d(int kernel) {
    return new FractionalMaxPool(3, kernel);
  }

  /** The mean of windows that follow from the output's extent, over one axis. */
  public static AdaptivePool adaptiveAvgPool1d(int out) {
    return new AdaptivePool(PoolSpec.Mode.AVERAGE, out);
  }

  /** The mean of windows that follow from the output's extent. */
  public static AdaptivePool adaptiveAvgPool2d(int outH, int outW) {
    return new AdaptivePool(PoolSpec.Mode.AVERAGE, outH, outW);
  }

  /** The mean of windows that follow from the output's extent, over three axes. */
  public static AdaptivePool adaptiveAvgPool3d(int outD, int outH, int outW) {
    return new AdaptivePool(PoolSpec.Mode.AVERAGE, outD, outH, outW);
  }

  /** The largest element of windows that follow from the output's extent, over one axis. */
  public static AdaptivePool adaptiveMaxPool1d(int out) {
    return new AdaptivePool(PoolSpec.Mode.MAX, out);
  }

  /** The largest element of windows that follow from the output's extent. */
  public static AdaptivePool adaptiveMaxPool2d(int outH, int outW) {
    return new AdaptivePool(PoolSpec.Mode.MAX, outH, outW);
  }

  /** The largest element of windows that follow from the output's extent, over three axes. */
  public static AdaptivePool adaptiveMaxPool3d(int outD, int outH, int outW) {
    return new AdaptivePool(PoolSpec.Mode.MAX, outD, outH, outW);
  }

  /** The mean of each channel, {@code [N, C, 1, 1]}. */
  public static AdaptivePool globalAvgPool2d() {
    return adaptiveAvgPool2d(1, 1);
  }

  /** The largest element of each channel, {@code [N, C, 1, 1]}. */
  public static AdaptivePool globalMaxPool2d() {
    return adaptiveMaxPool2d(1, 1);
  }

  /** Batch normalisation of {@code [N, C]} or {@code [N, C, L]}. */
  public static BatchNorm batchNorm1d(int channels) {
    return new BatchNorm(channels, 2, BatchNorm.Options.DEFAULTS);
  }

  /** Batch normalisation of images. */
  public static BatchNorm batchNorm2d(int channels) {
    return new BatchNorm(channels, 4, BatchNorm.Options.DEFAULTS);
  }

  /** Batch normalisation of volumes. */
  public static BatchNorm batchNorm3d(int channels) {
    return new BatchNorm(channels, 5, BatchNorm.Options.DEFAULTS);
  }

  /** Layer normalisation over the last axes, of these extents. */
  public static LayerNorm layerNorm(int... normalizedShape) {
    return new LayerNorm(Shape.of(normalizedShape), LayerNorm.Options.DEFAULTS);
  }

  /** Normalisation by the root of the mean square over the last axes, of these extents. */
  public static RMSNorm rmsNorm(int... normalizedShape) {
    return new RMSNorm(Shape.of(normalizedShape), RMSNorm.Options.DEFAULTS);
  }

  /** Normalisation of groups of channels. */
  public static GroupNorm groupNorm(int groups, int channels) {
    return new GroupNorm(groups, channels, GroupNorm.Options.DEFAULTS);
  }

  /** Normalisation of each channel of each sample {@code [N, C, L]}, without parameters. */
  public static InstanceNorm instanceNorm1d(int channels) {
    return new InstanceNorm(channels, 3, InstanceNorm.Options.DEFAULTS);
  }

  /** Normalisation of each channel of each image, without parameters. */
  public static InstanceNorm instanceNorm2d(int channels) {
    return new InstanceNorm(channels, 4, InstanceNorm.Options.DEFAULTS);
  }

  /** Normalisation of each channel of each volume, without parameters. */
  public static InstanceNorm instanceNorm3d(int channels) {
    return new InstanceNorm(channels, 5, InstanceNorm.Options.DEFAULTS);
  }

  /** Local response normalisation across {@code size} channels. */
  public static LocalResponseNorm localResponseNorm(int size) {
    return new LocalResponseNorm(size, LocalResponseNorm.Options.DEFAULTS);
  }

  /** A table of {@code count} rows, looked up by int32 indices. */
  public static Embedding embedding(int count, int width) {
    return new Embedding(count, width);
  }

  /** An Elman network with tanh over whole sequences: one layer, steps first. */
  public static RNN rnn(int input, int hidden) {
    return new RNN(input, hidden);
  }

  /** An Elman network with tanh over whole sequences. */
  public static RNN rnn(int input, int hidden, RNNOptions options) {
    return new RNN(input, hidden, RNN.Nonlinearity.TANH, options);
  }

  /** A long short-term memory over whole sequences: one layer, steps first. */
  public static LSTM lstm(int input, int hidden) {
    return new LSTM(input, hidden);
  }

  /** A long short-term memory over whole sequences. */
  public static LSTM lstm(int input, int hidden, RNNOptions options) {
    return new LSTM(input, hidden, options);
  }

  /** A gated recurrent unit over whole sequences: one layer, steps first. */
  public static GRU gru(int input, int hidden) {
    return new GRU(input, hidden);
  }

  /** A gated recurrent unit over whole sequences. */
  public static GRU gru(int input, int hidden, RNNOptions options) {
    return new GRU(input, hidden, options);
  }

  /** Zeros at random while training. */
  public static Dropout dropout(double p) {
    return new Dropout(p);
  }

  /**
   * Extents multiplied, the nearest element taken: {@code upsample(2).mode(BILINEAR)} and so on.
   */
  public static Upsample upsample(double... factors) {
    return Upsample.byFactor(factors);
  }

  /** Channels laid out as pixels. */
  public static PixelShuffle pixelShuffle(int factor) {
    return new PixelShuffle(factor);
  }

  /** Pixels laid out as channels. */
  public static PixelShuffle pixelUnshuffle(int factor) {
    return new PixelShuffle(factor).inverse();
  }

  /** Channels of several groups dealt out in turn. */
  public static ChannelShuffle channelShuffle(int groups) {
    return new ChannelShuffle(groups);
  }

  /** The input as it is. */
  public static Identity identity() {
    return new Identity();
  }

  /** One axis made several. */
  public static Unflatten unflatten(int axis, int... extents) {
    return new Unflatten(axis, extents);
  }

  /** All axes after the batch made one. */
  public static Flatten flatten() {
    return new Flatten(1);
  }

  /** {@code max(x, 0)}. */
  public static Activation relu() {
    return new Activation("ReLU", UnaryOp.RELU);
  }

  /** {@code x} where positive, else {@code 0.01 x}. */
  public static Activation leakyRelu() {
    return leakyRelu(0.01);
  }

  /** {@code x} where positive, else {@code slope * x}. */
  public static Activation leakyRelu(double slope) {
    return new Activation("LeakyReLU(" + slope + ")", UnaryOp.leakyRelu((float) slope));
  }

  /** {@code 1 / (1 + e^-x)}. */
  public static Activation sigmoid() {
    return new Activation("Sigmoid", UnaryOp.SIGMOID);
  }

  /** The hyperbolic tangent. */
  public static Activation tanh() {
    return new Activation("Tanh", UnaryOp.TANH);
  }

  /** LeCun's {@code 1.7159 tanh(2 x / 3)}. */
  public static Activation scaledTanh() {
    return new Activation("ScaledTanh", UnaryOp.LECUN_TANH);
  }

  /** The softmax along one axis. */
  public static SoftmaxLayer softmax(int axis) {
    return new SoftmaxLayer(axis, false);
  }

  /** The logarithm of the softmax along one axis. */
  public static SoftmaxLayer logSoftmax(int axis) {
    return new SoftmaxLayer(axis, true);
  }

  // ---------------------------------------------------------------- attention and tables

  /** Attention of several heads, steps first. */
  public static MultiheadAttention multiheadAttention(int embedDim, int numHeads) {
    return new MultiheadAttention(embedDim, numHeads);
  }

  /** A transformer's encoder layer, steps first. */
  public static TransformerEncoderLayer transformerEncoderLayer(int dModel, int nhead) {
    return new TransformerEncoderLayer(dModel, nhead);
  }

  /** A transformer's decoder layer, steps first. */
  public static TransformerDecoderLayer transformerDecoderLayer(int dModel, int nhead) {
    return new TransformerDecoderLayer(dModel, nhead);
  }

  /** Means of bags of a table's rows. */
  public static EmbeddingBag embeddingBag(int count, int width) {
    return new EmbeddingBag(count, width);
  }

  /** {@code x1' W x2 + b} for each output. */
  public static Bilinear bilinear(int in1, int in2, int out) {
    return new Bilinear(in1, in2, out);
  }

  // ---------------------------------------------------------------- random channels

  /** Whole channels of {@code [N, C, L]} made 0 at random while training. */
  public static Dropout1d dropout1d(double p) {
    return new Dropout1d(p);
  }

  /** Whole channels of images made 0 at random while training. */
  public static Dropout2d dropout2d(double p) {
    return new Dropout2d(p);
  }

  /** Whole channels of {@code [N, C, D, H, W]} made 0 at random while training. */
  public static Dropout3d dropout3d(double p) {
    return new Dropout3d(p);
  }

  /** Dropout that keeps mean and variance, for SELU. */
  public static AlphaDropout alphaDropout(double p) {
    return new AlphaDropout(p);
  }

  // ---------------------------------------------------------------- containers

  /** A layer whose input is added to its output. */
  public static Residual residual(Layer body) {
    return new Residual(body);
  }

  // ---------------------------------------------------------------- more activations

  /** {@code x} where positive, else a learned slope times x. */
  public static PReLU prelu() {
    return new PReLU();
  }

  /** {@code x} where positive, else a random slope times x. */
  public static RReLU rrelu() {
    return new RReLU();
  }

  /** One half of the features, each gated by one of the other. */
  public static GLU glu(int dim) {
    return new GLU(dim);
  }

  /** The softmax of {@code -x} along one axis. */
  public static Softmin softmin(int axis) {
    return new Softmin(axis);
  }

  /** The softmax over the channels of each pixel. */
  public static Softmax2d softmax2d() {
    return new Softmax2d();
  }
}

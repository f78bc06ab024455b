package io.cortado.models.autoencoder;

import static io.cortado.nn.Layers.conv2d;
import static io.cortado.nn.Layers.convTranspose2d;
import static io.cortado.nn.Layers.flatten;
import static io.cortado.nn.Layers.linear;
import static io.cortado.nn.Layers.relu;
import static io.cortado.nn.Layers.sequential;
import static io.cortado.nn.Layers.sigmoid;
import static io.cortado.nn.Layers.unflatten;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.models.onnx.LayerExport;
import io.cortado.models.onnx.Node;
import io.cortado.models.onnx.OnnxLayer;
import io.cortado.nn.Conv2d;
import io.cortado.nn.ConvTranspose2d;
import io.cortado.nn.Layer;
import io.cortado.nn.Linear;
import io.cortado.nn.Parameter;
import io.cortado.nn.Sequential;
import io.cortado.nn.init.Initializers;

/**
 * An encoder that makes a short code of an image, and a decoder that makes the image of the code.
 *
 * <p>With tied weights the decoder's layers multiply by the encoder's matrices the other way round
 * (P. Vincent et al., "Stacked denoising autoencoders", JMLR 11, 2010, section 2.2).
 */
final class CodedNetwork extends Layer {

  private static final int WIDE = 512;
  private static final int NARROW = 128;
  private static final int MAPS = 16;

  private final Sequential encoder;
  private final Sequential decoder;

  private CodedNetwork(Sequential encoder, Sequential decoder) {
    this.encoder = child("encoder", encoder);
    this.decoder = child("decoder", decoder);
  }

  /**
   * Fully connected: pixels - 512 - 128 - code - 128 - 512 - pixels.
   *
   * @param image {@code [1, height, width]}
   */
  static CodedNetwork dense(Shape image, int code, boolean tied) {
    int pixels = (int) image.size();
    Linear a = linear(pixels, WIDE);
    Linear b = linear(WIDE, NARROW);
    Linear c = linear(NARROW, code);
    Layer cBack = tied ? new Back(c, NARROW) : linear(code, NARROW);
    Layer bBack = tied ? new Back(b, WIDE) : linear(NARROW, WIDE);
    Layer aBack = tied ? new Back(a, pixels) : linear(WIDE, pixels);
    return new CodedNetwork(
        sequential(flatten(), a, relu(), b, relu(), c),
        sequential(cBack, relu(), bBack, relu(), aBack, sigmoid(), unflatten(1, image.toArray())));
  }

  /**
   * Convolutional: 16 maps of half the extent, 32 of a quarter, code, and back.
   *
   * @param image {@code [1, height, width]}, both extents multiples of 4
   */
  static CodedNetwork convolutional(Shape image, int code, boolean tied) {
    int h = image.dim(1) / 4;
    int w = image.dim(2) / 4;
    Conv2d a = conv2d(1, MAPS, 3).stride(2).padding(1);
    Conv2d b = conv2d(MAPS, 2 * MAPS, 3).stride(2).padding(1);
    Linear c = linear(2 * MAPS * h * w, code);
    Layer cBack = tied ? new Back(c, 2 * MAPS * h * w) : linear(code, 2 * MAPS * h * w);
    ConvTranspose2d bBack = convTranspose2d(2 * MAPS, MAPS, 3).stride(2).padding(1);
    ConvTranspose2d aBack = convTranspose2d(MAPS, 1, 3).stride(2).padding(1);
    bBack = bBack.outputPadding(1);
    aBack = aBack.outputPadding(1);
    if (tied) { // a transposed convolution's weight has the shape of its convolution's
      bBack.weight().tie(b.weight());
      aBack.weight().tie(a.weight());
    }
    return new CodedNetwork(
        sequential(a, relu(), b, relu(), flatten(), c),
        sequential(cBack, relu(), unflatten(1, 2 * MAPS, h, w), bBack, relu(), aBack, sigmoid()));
  }

  Layer encoder() {
    return encoder;
  }

  Layer decoder() {
    return decoder;
  }

  @Override
  public Tensor forward(Tensor x) {
    return decoder.forward(encoder.forward(x));
  }

  /** Multiplies by another layer's weight, not by its transpose: {@code y = x W + b}. */
  private static final class Back extends Layer implements OnnxLayer {

    private final Linear forth;
    private final Parameter weight;
    private final Parameter bias;

    Back(Linear forth, int out) {
      this.forth = forth;
      weight = parameter("weight", forth.weight().shape(), Initializers.zeros());
      weight.tie(forth.weight());
      bias = parameter("bias", Shape.of(out), Initializers.zeros());
    }

    @Override
    public Tensor forward(Tensor x) {
      return x.matmul(weight.value()).add(bias.value());
    }

    @Override
    public String export(LayerExport export, String path, String x) {
      String w = export.weight(path, "weight", weight);
      return export.graph().add(path, Node.of("Gemm"), x, w, export.weight(path, "bias", bias));
    }

    @Override
    public String toString() {
      return forth + " transposed";
    }
  }
}

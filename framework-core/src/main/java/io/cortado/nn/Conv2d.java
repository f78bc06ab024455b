package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Convolution;
import io.cortado.backend.spec.ConvSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.nn.init.Initializer;
import io.cortado.nn.init.Initializers;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution.
 *
 * <p>Input {@code [N, in, H, W]}, output {@code [N, out, H', W']} with {@code H' = floor((H + 2
 * padding - dilation (kernel - 1) - 1) / stride) + 1} and W' likewise; the weight is {@code [out,
 * in / groups, kernelH, kernelW]}. Weight and bias start uniform with bound {@code 1 /
 * sqrt(fanIn)}. {@link ConvSpec} has the formula.
 *
 * @see <a href="https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html">torch.nn.Conv2d</a>
 */
public final class Conv2d extends Layer implements FusableLayer {

  /**
   * The geometry.
   *
   * @param in input channels
   * @param out output channels
   * @param kernel extent of the kernel
   * @param stride step between windows
   * @param padding zeros on each side
   * @param dilation distance between kernel elements
   * @param groups into how many independent parts the channels fall
   */
  public record Geometry(
      int in, int out, Pair kernel, Pair stride, Pair padding, Pair dilation, int groups) {}

  private final Geometry geometry;
  private final Parameter weight;
  private final @Nullable Parameter bias;
  private @Nullable ConvSpec lastSpec;

  /**
   * Makes a layer.
   *
   * @throws IllegalArgumentException if an extent is out of range, or the channels do not fall into
   *     the groups
   */
  public Conv2d(Geometry geometry, boolean withBias) {
    this.geometry = check(geometry);
    Shape shape =
        Shape.of(
            geometry.out(),
            geometry.in() / geometry.groups(),
            geometry.kernel().h(),
            geometry.kernel().w());
    weight = parameter("weight", shape, Initializers.torchDefault());
    bias =
        withBias
            ? parameter("bias", Shape.of(geometry.out()), Initializers.torchDefaultBias(shape))
            : null;
  }

  /** Makes a layer of stride 1 without padding. */
  public Conv2d(int in, int out, int kernel) {
    this(new Geometry(in, out, Pair.of(kernel), Pair.of(1), Pair.of(0), Pair.of(1), 1), true);
  }

  private static Geometry check(Geometry g) {
    if (g.in() < 1 || g.out() < 1) {
      throw new IllegalArgumentException(
          "conv2d: " + g.in() + " to " + g.out() + " channels; both have to be at least 1");
    }
    g.kernel().check("conv2d: kernel", 1);
    g.stride().check("conv2d: stride", 1);
    g.padding().check("conv2d: padding", 0);
    g.dilation().check("conv2d: dilation", 1);
    if (g.groups() < 1 || g.in() % g.groups() != 0 || g.out() % g.groups() != 0) {
      throw new IllegalArgumentException(
          "conv2d: "
              + g.in()
              + " input and "
              + g.out()
              + " output channels do not fall into "
              + g.groups()
              + " groups");
    }
    return g;
  }

  private Conv2d with(Geometry g, boolean withBias) {
    if (weight.isInitialized()) {
      throw new IllegalStateException("conv2d: the geometry has to be set before init");
    }
    Conv2d c = new Conv2d(g, withBias);
    c.weightInit(weight.initializer());
    return c;
  }

  /** Returns a layer like this, with zeros added on each side. */
  public Conv2d padding(int p) {
    return padding(p, p);
  }

  /** Returns a layer like this, with zeros added above and below, left and right. */
  public Conv2d padding(int h, int w) {
    Geometry g = geometry;
    return with(
        new Geometry(g.in, g.out, g.kernel, g.stride, new Pair(h, w), g.dilation, g.groups),
        bias != null);
  }

  /** Returns a layer like this, with another step between windows. */
  public Conv2d stride(int s) {
    return stride(s, s);
  }

  /** Returns a layer like this, with other steps between windows. */
  public Conv2d stride(int h, int w) {
    Geometry g = geometry;
    return with(
        new Geometry(g.in, g.out, g.kernel, new Pair(h, w), g.padding, g.dilation, g.groups),
        bias != null);
  }

  /** Returns a layer like this, with another distance between kernel elements. */
  public Conv2d dilation(int d) {
    Geometry g = geometry;
    return with(
        new Geometry(g.in, g.out, g.kernel, g.stride, g.padding, Pair.of(d), g.groups),
        bias != null);
  }

  /** Returns a layer like this, with another kernel, not square. */
  public Conv2d kernel(int h, int w) {
    Geometry g = geometry;
    return with(
        new Geometry(g.in, g.out, new Pair(h, w), g.stride, g.padding, g.dilation, g.groups),
        bias != null);
  }

  /** Returns a layer like this, whose channels fall into independent groups. */
  public Conv2d groups(int n) {
    Geometry g = geometry;
    return with(
        new Geometry(g.in, g.out, g.kernel, g.stride, g.padding, g.dilation, n), bias != null);
  }

  /** Returns a layer like this without a bias, as goes before a batch normalisation. */
  public Conv2d noBias() {
    return with(geometry, false);
  }

  /** Sets how the weight starts. */
  public Conv2d weightInit(Initializer initializer) {
    weight.initializer(initializer);
    return this;
  }

  /** Sets how the bias starts. */
  public Conv2d biasInit(Initializer initializer) {
    if (bias != null) {
      bias.initializer(initializer);
    }
    return this;
  }

  /** Returns the weight, {@code [out, in / groups, kernelH, kernelW]}. */
  public Parameter weight() {
    return weight;
  }

  /** Returns the bias, {@code [out]}, if there is one. */
  public @Nullable Parameter bias() {
    return bias;
  }

  /** Returns the geometry. */
  public Geometry geometry() {
    return geometry;
  }

  @Override
  public Tensor forward(Tensor x) {
    return forward(x, UnaryOp.IDENTITY);
  }

  @Override
  public Tensor forward(Tensor x, UnaryOp activation) {
    return Convolution.conv2d(
        spec(x.shape(), activation), x, weight.value(), bias == null ? null : bias.value());
  }

  /** Batches come in one shape, nearly always; a spec is made anew only when it changes. */
  private ConvSpec spec(Shape x, UnaryOp activation) {
    if (x.rank() != 4) {
      return makeSpec(Shape.of(0, 0, 0, 0), activation); // conv2d's own check names the shape
    }
    ConvSpec s = lastSpec;
    if (s == null
        || s.n() != x.dim(0)
        || s.h() != x.dim(2)
        || s.w() != x.dim(3)
        || s.activation() != activation) {
      s = makeSpec(x, activation);
      lastSpec = s;
    }
    return s;
  }

  private ConvSpec makeSpec(Shape x, UnaryOp activation) {
    Geometry g = geometry;
    return new ConvSpec(
        x.dim(0),
        g.in,
        x.dim(2),
        x.dim(3),
        g.out,
        g.kernel.h(),
        g.kernel.w(),
        g.stride.h(),
        g.stride.w(),
        g.padding.h(),
        g.padding.w(),
        g.dilation.h(),
        g.dilation.w(),
        g.groups,
        activation);
  }

  @Override
  public String toString() {
    Geometry g = geometry;
    StringBuilder s = new StringBuilder("Conv2d(" + g.in + ", " + g.out + ", kernel " + g.kernel);
    g.stride.describe(s, ", stride ", 1);
    g.padding.describe(s, ", padding ", 0);
    g.dilation.describe(s, ", dilation ", 1);
    if (g.groups > 1) {
      s.append(", groups ").append(g.groups);
    }
    return s.append(bias == null ? ", no bias)" : ")").toString();
  }
}

package io.cortado.nn;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.autograd.Windows;
import io.cortado.nn.init.Initializer;
import io.cortado.nn.init.Initializers;
import org.jspecify.annotations.Nullable;

/**
 * What convolutions have in common: weight, bias, and the methods that change the geometry.
 *
 * <p>Each of these returns a layer like this one, and is to be called before {@code init}.
 *
 * @param <L> the layer itself
 */
public abstract sealed class ConvBase<L extends ConvBase<L>> extends Layer
    permits PlainConv, TransposedConv {

  private final String name;
  private final ConvGeometry geometry;
  private final Parameter weight;
  private final @Nullable Parameter bias;
  private @Nullable Initializer biasInit;

  /**
   * Makes a layer.
   *
   * @param first the weight's first extent
   * @param second the weight's second extent, before it falls into groups
   */
  ConvBase(String name, ConvGeometry geometry, boolean withBias, int first, int second) {
    geometry.check(name);
    this.name = name;
    this.geometry = geometry;
    Shape shape =
        Shape.of(geometry.windows().kernel().toArray())
            .prepend(second / geometry.groups())
            .prepend(first);
    weight = parameter("weight", shape, Initializers.torchDefault());
    bias =
        withBias
            ? parameter("bias", Shape.of(geometry.out()), Initializers.torchDefaultBias(shape))
            : null;
  }

  /** Makes a layer of another geometry. */
  abstract L make(ConvGeometry g, boolean withBias);

  private L with(ConvGeometry g, boolean withBias) {
    if (weight.isInitialized()) {
      throw new IllegalStateException(name + ": the geometry has to be set before init");
    }
    L c = make(g, withBias);
    c.weightInit(weight.initializer());
    Initializer chosen = biasInit;
    if (chosen != null) {
      c.biasInit(chosen);
    }
    return c;
  }

  final L with(ConvGeometry g) {
    return with(g, bias != null);
  }

  final String name() {
    return name;
  }

  final Shape extents(String what, int least, int... values) {
    return ConvGeometry.extents(name, what, geometry.windows().axes(), least, values);
  }

  /**
   * Returns a layer like this, with padding on each side.
   *
   * @param padding for each axis, or for all
   */
  public final L padding(int... padding) {
    return with(geometry.withPadding(extents("padding", 0, padding)));
  }

  /**
   * Returns a layer like this, with other steps between windows.
   *
   * @param stride for each axis, or for all
   */
  public final L stride(int... stride) {
    return with(geometry.with(geometry.windows().withStride(extents("stride", 1, stride))));
  }

  /**
   * Returns a layer like this, with other distances between kernel elements.
   *
   * @param dilation for each axis, or for all
   */
  public final L dilation(int... dilation) {
    Windows w = geometry.windows();
    return with(geometry.with(w.withDilation(extents("dilation", 1, dilation))));
  }

  /**
   * Returns a layer like this, with another kernel.
   *
   * @param kernel for each axis, or for all
   */
  public final L kernel(int... kernel) {
    return with(geometry.with(geometry.windows().withKernel(extents("kernel", 1, kernel))));
  }

  /** Returns a layer like this, whose channels fall into independent groups. */
  public final L groups(int n) {
    return with(geometry.withGroups(n));
  }

  /** Returns a layer like this without a bias, as goes before a batch normalisation. */
  public final L noBias() {
    return with(geometry, false);
  }

  /** Sets how the weight starts. */
  public final L weightInit(Initializer initializer) {
    weight.initializer(initializer);
    return self();
  }

  /** Sets how the bias starts. */
  public final L biasInit(Initializer initializer) {
    biasInit = initializer;
    if (bias != null) {
      bias.initializer(initializer);
    }
    return self();
  }

  abstract L self();

  /** Returns the weight. */
  public final Parameter weight() {
    return weight;
  }

  /** Returns the bias, {@code [out]}, if there is one. */
  public final @Nullable Parameter bias() {
    return bias;
  }

  final @Nullable Tensor biasValue() {
    return bias == null ? null : bias.value();
  }

  /** Returns the geometry. */
  public final ConvGeometry geometry() {
    return geometry;
  }

  @Override
  public final String toString() {
    StringBuilder s = new StringBuilder(getClass().getSimpleName()).append('(');
    geometry.describe(s);
    return s.append(bias == null ? ", no bias)" : ")").toString();
  }
}

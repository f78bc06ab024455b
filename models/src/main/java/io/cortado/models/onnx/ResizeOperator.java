package io.cortado.models.onnx;

import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.models.onnx.Call.Operator;
import io.cortado.nn.Upsample;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The operator Resize, in the ways in which PyTorch and this module write it. */
final class ResizeOperator implements Operator {

  /** Behind batch and channels. */
  private static final int BEHIND = 2;

  private static final float CUBIC = -0.75f;

  private final StoredNode node;
  private final String mode;
  private final String places;

  /** By what is asked, as each keeps what it has computed. */
  private final Map<List<Double>, Upsample> known = new HashMap<>();

  private ResizeOperator(StoredNode node, String mode, String places) {
    this.node = node;
    this.mode = mode;
    this.places = places;
  }

  static Operator of(StoredNode node) {
    String mode = node.text("mode", "nearest");
    String places = node.text("coordinate_transformation_mode", "half_pixel");
    boolean read =
        switch (mode) {
          case "nearest" ->
              places.equals("asymmetric")
                  && node.text("nearest_mode", "round_prefer_floor").equals("floor");
          case "linear", "cubic" ->
              List.of("half_pixel", "pytorch_half_pixel", "align_corners").contains(places);
          default -> false;
        };
    if (!read) {
      throw node.refused(
          "finds values by %s, %s".formatted(mode, places),
          "nearest by asymmetric and floor is read, and linear or cubic by half_pixel or align_corners");
    }
    if (mode.equals("cubic") && node.number("cubic_coeff_a", CUBIC) != CUBIC) {
      throw node.refused("has another cubic_coeff_a than -0.75", "export it with that");
    }
    node.only("exclude_outside", 0);
    node.only("antialias", 0);
    node.without("axes");
    node.without("keep_aspect_ratio_policy");
    return new ResizeOperator(node, mode, places);
  }

  @Override
  public List<Item> run(Call c) {
    Tensor x = c.tensor(0);
    Shape shape = x.shape();
    int axes = shape.rank() - BEHIND;
    boolean bySize = c.has(3);
    double[] asked = bySize ? sizes(c) : scales(c);
    for (int a = 0; a < Math.min(BEHIND, asked.length); a++) {
      if (asked[a] != (bySize ? shape.dim(a) : 1)) {
        throw node.refused("changes batch or channels", "the axes behind these are resized");
      }
    }
    if (asked.length != shape.rank() || axes < 1 || axes > 3) {
      throw node.refused(
          "has %d extents for %s".formatted(asked.length, shape),
          "inputs [N, C, ...] of one to three more axes are read");
    }
    double[] behind = Arrays.copyOfRange(asked, BEHIND, asked.length);
    Upsample layer =
        known.computeIfAbsent(Arrays.stream(behind).boxed().toList(), _ -> layer(bySize, behind));
    Tensor y = layer.forward(x);
    for (int a = BEHIND; a < shape.rank(); a++) {
      if (places.equals("pytorch_half_pixel") && y.dim(a) == 1 && shape.dim(a) > 1) {
        throw node.refused("makes one element of an axis by " + places, "use half_pixel");
      }
    }
    return Call.one(y);
  }

  private Upsample layer(boolean bySize, double... behind) {
    Upsample layer =
        bySize
            ? Upsample.toSize(Arrays.stream(behind).mapToInt(d -> (int) d).toArray())
            : Upsample.byFactor(behind);
    return switch (mode) {
      case "nearest" -> layer;
      case "cubic" -> layer.mode(Upsample.Mode.BICUBIC).alignCorners(aligns());
      default -> layer.mode(linear(behind.length)).alignCorners(aligns());
    };
  }

  private boolean aligns() {
    return places.equals("align_corners");
  }

  private static Upsample.Mode linear(int axes) {
    return switch (axes) {
      case 1 -> Upsample.Mode.LINEAR;
      case 2 -> Upsample.Mode.BILINEAR;
      default -> Upsample.Mode.TRILINEAR;
    };
  }

  private static double[] sizes(Call c) {
    return Arrays.stream(c.wholes(3).values()).asDoubleStream().toArray();
  }

  /** 0.7 in single precision was 0.7 before: 10 elements become 7 by it, and 6 by what it is. */
  private static double[] scales(Call c) {
    float[] scales = c.tensor(2).toFloatArray();
    double[] exact = new double[scales.length];
    Arrays.setAll(exact, i -> Double.parseDouble(Float.toString(scales[i])));
    return exact;
  }
}

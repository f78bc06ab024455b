package io.cortado.models.page;

import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Points of growing {@code x}, bounded: when it is full, each two neighbors become their mean, and
 * from then on twice as many new points make one.
 */
final class Curve {

  /** More than a screen has columns. */
  static final int MOST = 2000;

  private final double[] x = new double[MOST];
  private final double[] y = new double[MOST];
  private int size;
  private int version;
  private int perPoint = 1;
  private int gathered;
  private double sumX;
  private double sumY;

  /** Adds a point; of a number that is not finite there is a gap. */
  void add(double atX, double atY) {
    sumX += atX;
    sumY += atY;
    if (++gathered < perPoint) {
      return;
    }
    if (size == MOST) {
      halve();
    }
    x[size] = sumX / gathered;
    y[size] = sumY / gathered;
    size++;
    clearGathered();
  }

  private void clearGathered() {
    gathered = 0;
    sumX = 0;
    sumY = 0;
  }

  private void halve() {
    for (int i = 0; i < MOST / 2; i++) {
      x[i] = (x[2 * i] + x[2 * i + 1]) / 2;
      y[i] = (y[2 * i] + y[2 * i + 1]) / 2;
    }
    size = MOST / 2;
    perPoint *= 2;
    version++;
  }

  /** Forgets what lies behind a place. */
  void cutAfter(double last) {
    int kept = size;
    while (kept > 0 && x[kept - 1] > last) {
      kept--;
    }
    if (kept < size) {
      size = kept;
      version++;
    }
    clearGathered();
  }

  int size() {
    return size;
  }

  /** Returns a number that changes whenever points change that were there before. */
  int version() {
    return version;
  }

  /** Returns {@code {from, x, y}}: the points from one on. */
  ObjectNode toJson(int from) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("from", from);
    ArrayNode xs = json.putArray("x");
    ArrayNode ys = json.putArray("y");
    for (int i = from; i < size; i++) {
      xs.add((float) x[i]);
      if (Double.isFinite(y[i])) {
        ys.add((float) y[i]);
      } else {
        ys.addNull();
      }
    }
    return json;
  }

  /** Reads what {@link #toJson} wrote, as far as it is sound. */
  static Curve of(JsonNode json) {
    Curve curve = new Curve();
    JsonNode xs = json.path("x");
    JsonNode ys = json.path("y");
    double last = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < Math.min(xs.size(), ys.size()); i++) {
      double at = xs.get(i).asDouble(Double.NaN);
      if (at >= last) {
        curve.add(at, ys.get(i).asDouble(Double.NaN));
        last = at;
      }
    }
    return curve;
  }

  @Override
  public String toString() {
    return size + " points at " + Arrays.toString(Arrays.copyOf(x, size));
  }
}

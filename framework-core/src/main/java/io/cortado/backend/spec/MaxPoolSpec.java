package io.cortado.backend.spec;

/**
 * A pooling by the maximum over three axes that says where the largest elements are.
 *
 * <p>Axes whose windows are random come last; there is one sample for each of them in each plane.
 *
 * @param planes batch times channels
 * @param depth the first axis; of extent 1 for a pooling of images
 * @param rows the second one
 * @param columns the last one
 */
public record MaxPoolSpec(int planes, WindowAxis depth, WindowAxis rows, WindowAxis columns) {

  /** Returns how many elements a plane of the input has. */
  public int inputPlane() {
    return Math.multiplyExact(Math.multiplyExact(depth.in(), rows.in()), columns.in());
  }

  /** Returns how many elements a plane of the output has. */
  public int outputPlane() {
    return Math.multiplyExact(Math.multiplyExact(depth.out(), rows.out()), columns.out());
  }

  /** Returns how many elements the input has. */
  public long inputSize() {
    return (long) planes * inputPlane();
  }

  /** Returns how many elements the output has. */
  public long outputSize() {
    return (long) planes * outputPlane();
  }

  /** Returns how many axes have random windows. */
  public int randomAxes() {
    int count = 0;
    for (WindowAxis axis : new WindowAxis[] {depth, rows, columns}) {
      count += axis.kind() == WindowAxis.Kind.RANDOM ? 1 : 0;
    }
    return count;
  }
}

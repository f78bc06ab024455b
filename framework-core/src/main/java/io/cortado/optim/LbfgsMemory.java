package io.cortado.optim;

import io.cortado.DType;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.nn.ParameterStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What L-BFGS remembers of its iterations, and the direction that follows from it. */
final class LbfgsMemory {

  /** The least curvature of a pair that is worth remembering. */
  private static final double LEAST_CURVATURE = 1e-10;

  private static final int COUNTS = 4; // evaluations, iterations, first, count

  final FlatVectors vectors;
  final Buffer gradient;
  final Buffer previousGradient;
  final Buffer direction;

  /** The parameters as an iteration found them. */
  final Buffer start;

  /** Where a line search puts gradients. */
  final List<Buffer> searchGradients = new ArrayList<>();

  private final int historySize;
  private final long size;
  private final Buffer gradientChanges;
  private final Buffer parameterChanges;
  private final List<Buffer> ys = new ArrayList<>(); // slices of the above
  private final List<Buffer> ss = new ArrayList<>();
  private final List<Buffer> projections = new ArrayList<>();
  private final Buffer projection;
  private final float[] inverseCurvatures;
  private float scale = 1; // of the initial inverse Hessian
  private int first; // the oldest pair
  private int count;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Tensor counts;
  private final Tensor numbers;

  /** How often the loss was computed. */
  int evaluations;

  /** How many iterations there were, from 1. */
  int iterations;

  /** How often the last line search computed the loss. */
  int searched;

  /** How far along the direction the last iteration went. */
  float t;

  LbfgsMemory(ParameterStore s, int historySize, boolean searches) {
    this.historySize = historySize;
    this.size = s.size();
    Scope root = s.device().root();
    Backend backend = s.device().backend();
    vectors = new FlatVectors(root, size);
    gradient = vectors.zeros();
    previousGradient = vectors.zeros();
    direction = vectors.zeros();
    start = vectors.zeros();
    for (int i = 1; searches && i < StrongWolfe.GRADIENTS; i++) {
      searchGradients.add(vectors.zeros());
    }
    gradientChanges = root.scratch(DType.FLOAT32, historySize * size);
    parameterChanges = root.scratch(DType.FLOAT32, historySize * size);
    backend.fill(gradientChanges, historySize * size, 0);
    backend.fill(parameterChanges, historySize * size, 0);
    for (int i = 0; i < historySize; i++) {
      ys.add(backend.slice(gradientChanges, i * size, size));
      ss.add(backend.slice(parameterChanges, i * size, size));
      projections.add(root.scratch(DType.FLOAT32, 1));
    }
    projection = root.scratch(DType.FLOAT32, 1);
    inverseCurvatures = new float[historySize];
    counts = root.tensor(new int[COUNTS], COUNTS);
    numbers = root.zeros(2 + historySize);
    describe(root);
  }

  private void describe(Scope root) {
    int length = Math.toIntExact(size);
    tensors.put("counts", counts);
    tensors.put("t_H_diag_ro", numbers);
    tensors.put("d", Tensor.over(root, Shape.of(length), direction));
    tensors.put("prev_flat_grad", Tensor.over(root, Shape.of(length), previousGradient));
    tensors.put("old_dirs", Tensor.over(root, Shape.of(historySize, length), gradientChanges));
    tensors.put("old_stps", Tensor.over(root, Shape.of(historySize, length), parameterChanges));
  }

  /** Chooses the direction for the gradient, and remembers what the last iteration has changed. */
  void chooseDirection() {
    if (iterations == 1) {
      first = 0;
      count = 0;
      scale = 1;
      vectors.axpby(-1, gradient, 0, direction);
      return;
    }
    remember();
    // Two loops over the pairs, without a matrix; the numbers between them stay on the device.
    vectors.axpby(-1, gradient, 0, direction);
    for (int i = count - 1; i >= 0; i--) {
      int pair = (first + i) % historySize;
      vectors.dot(ss.get(pair), direction, projections.get(pair));
      vectors.subtract(inverseCurvatures[pair], projections.get(pair), ys.get(pair), direction);
    }
    vectors.axpby(0, gradient, scale, direction);
    for (int i = 0; i < count; i++) {
      int pair = (first + i) % historySize;
      vectors.dot(ys.get(pair), direction, projection);
      vectors.addDifference(
          inverseCurvatures[pair], projections.get(pair), projection, ss.get(pair), direction);
    }
  }

  private void remember() {
    int next = (first + count) % historySize; // the oldest one where all are used
    Buffer y = previousGradient; // overwritten after this
    vectors.axpby(1, gradient, -1, y);
    double stepCurvature = vectors.dot(y, direction) * t;
    if (!(stepCurvature > LEAST_CURVATURE)) {
      return;
    }
    vectors.copy(y, ys.get(next));
    vectors.axpby(t, direction, 0, ss.get(next));
    inverseCurvatures[next] = (float) (1 / stepCurvature);
    scale = (float) (stepCurvature / vectors.dot(y, y));
    if (count == historySize) {
      first = (first + 1) % historySize;
    } else {
      count++;
    }
  }

  Map<String, Tensor> tensors() {
    return tensors;
  }

  void toTensors() {
    counts.set(new int[] {evaluations, iterations, first, count});
    float[] all = new float[2 + historySize];
    all[0] = t;
    all[1] = scale;
    System.arraycopy(inverseCurvatures, 0, all, 2, historySize);
    numbers.set(all);
  }

  void fromTensors() {
    int[] c = counts.toIntArray();
    evaluations = c[0];
    iterations = c[1];
    first = c[2];
    count = c[3];
    float[] all = numbers.toFloatArray();
    t = all[0];
    scale = all[1];
    System.arraycopy(all, 2, inverseCurvatures, 0, historySize);
  }
}

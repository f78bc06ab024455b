package io.cortado.train;

import io.cortado.DeviceObserver;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.Tensor;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.nn.Activation;
import io.cortado.nn.Module;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds up what each unit of each ReLU gives, on the device: a sum of 0 is that of zeros.
 *
 * <p>Nothing waits before {@link #found}.
 */
final class DeadUnits implements DeviceObserver, AutoCloseable {

  private static final double WARN_FROM = 0.25;

  /**
   * A layer with many dead units.
   *
   * @param steps how many were looked at
   */
  record Dead(String path, int dead, int of, int steps) {}

  private static final class Sums {
    final String path;
    Tensor sums;
    int steps;

    Sums(String path, Tensor sums) {
      this.path = path;
      this.sums = sums;
    }
  }

  private final Map<Object, String> paths = new IdentityHashMap<>();
  private final Map<Object, Sums> all = new IdentityHashMap<>();
  private final Scope scope;

  DeadUnits(Module model) {
    scope = model.device().scope();
    model.namedModules().forEach((path, m) -> paths.put(m, path));
  }

  @Override
  public void output(Object module, Tensor y) {
    if (!(module instanceof Activation a)
        || a.op().kind() != UnaryOp.Kind.RELU
        || !a.isTraining()
        || y.shape().rank() < 2) {
      return;
    }
    String path = paths.get(module);
    if (path == null) {
      return;
    }
    int axis = y.shape().rank() >= 4 ? 1 : y.shape().rank() - 1;
    Sums s = all.computeIfAbsent(module, m -> new Sums(path, scope.zeros(y.dim(axis))));
    if (s.sums.dim(0) != y.dim(axis)) { // a model whose inputs change their extents
      s.sums = scope.zeros(y.dim(axis));
      s.steps = 0;
    }
    int[] kept = new int[y.shape().rank()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = i == axis ? y.dim(axis) : 1;
    }
    scope
        .device()
        .backend()
        .reduce(
            new ReduceSpec(ReduceOp.SUM, y.shape(), Shape.of(kept)),
            y.buffer(),
            s.steps++ == 0 ? 0 : 1,
            s.sums.buffer());
  }

  /** Returns the layers with many dead units; waits for the device. */
  List<Dead> found() {
    List<Dead> found = new ArrayList<>();
    for (Sums s : all.values()) {
      int dead = 0;
      for (float v : s.steps == 0 ? new float[0] : s.sums.toFloatArray()) {
        dead += v == 0 ? 1 : 0;
      }
      if (dead > 0 && dead >= WARN_FROM * s.sums.dim(0)) {
        found.add(new Dead(s.path, dead, s.sums.dim(0), s.steps));
      }
    }
    return found;
  }

  void reset() {
    all.values().forEach(s -> s.steps = 0);
  }

  @Override
  public void close() {
    scope.close();
  }
}

package io.cortado.cpu;

import io.cortado.DType;
import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.IndexSpec;
import io.cortado.backend.spec.RandomKey;
import io.cortado.backend.spec.RandomSpec;
import io.cortado.backend.spec.ScanSpec;
import io.cortado.backend.spec.SortSpec;
import io.cortado.backend.spec.StridedSpec;
import io.cortado.backend.spec.TriangleSpec;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/** Indexing, sorts, copies and random numbers: a part of {@link Workload}. */
record PlacesWorkload(
    Backend backend,
    Shape shape,
    Buffer x,
    Buffer y,
    Buffer step,
    IntFunction<Buffer> output,
    BiConsumer<String, Runnable> to) {

  void add() {
    int n = (int) shape.size();
    Buffer z = output.apply(n);
    for (int axis : new int[] {0, 1, 3}) {
      AxisSpec a = AxisSpec.of(shape, axis);
      for (boolean shared : new boolean[] {false, true}) {
        IndexSpec s = new IndexSpec("", a.outer(), a.extent(), a.extent(), a.inner(), shared);
        Buffer indices = indices(n, a.extent());
        to.accept("gather " + s, () -> backend.gather(s, indices, x, 0, y));
        to.accept("scatterAdd " + s, () -> backend.scatterAdd(s, indices, x, 0, z));
      }
      ScanSpec scan = new ScanSpec(a, ScanSpec.Op.SUM, axis == 1, false);
      to.accept("scan " + axis, () -> backend.scan(scan, x, 0, z));
    }
    Buffer places = backend.allocate(DType.INT32, n);
    SortSpec sort = new SortSpec(AxisSpec.of(shape, 1), 5, true);
    to.accept("sort", () -> backend.sort(sort, x, y, places));
    long inner = shape.product(1, 4);
    StridedSpec flip =
        new StridedSpec(
            Shape.of(shape.dim(0), (int) inner),
            inner - 1,
            List.of(inner, -1L),
            0,
            List.of(inner, 1L));
    to.accept("stridedCopy", () -> backend.stridedCopy(flip, x, 0, z));
    TriangleSpec triangle = new TriangleSpec(shape.dim(0), shape.dim(1), 35, 1, true);
    to.accept("triangle", () -> backend.triangle(triangle, x, 0, y));
    RandomKey key = new RandomKey(7, 1, 3);
    for (RandomSpec.Kind kind : RandomSpec.Kind.values()) {
      RandomSpec spec = new RandomSpec(kind, n, 0.3f, 2);
      to.accept("random " + kind, () -> backend.random(spec, key, step, z));
    }
    to.accept("randomInts", () -> backend.randomInts(key, step, -3, 17, n, places));
  }

  private Buffer indices(int n, int extent) {
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = (int) ((long) i * i % extent);
    }
    Buffer buffer = backend.allocate(DType.INT32, n);
    backend.upload(values, 0, buffer, 0, n);
    return buffer;
  }
}

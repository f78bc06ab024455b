package io.cortado.optim;

import io.cortado.DType;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.autograd.Fused;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.backend.spec.AxisSpec;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.pointwise.Expr;
import io.cortado.pointwise.Pointwise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Arithmetic of vectors as long as all parameters of a model together. */
final class FlatVectors {

  private static final int ROW = 64; // the length is a multiple of it

  private final Backend backend;
  private final Scope scope;
  private final long size;
  private final Buffer scratch;
  private final Buffer number;
  private final Buffer index;
  private final ReduceSpec sum;
  private final AxisSpec all;
  private final Operation product;
  private final Operation magnitude;
  private final Operation lessScaled;
  private final Operation addScaledDifference;

  /** A program over vectors, then single numbers, with one parameter or none. */
  private record Operation(Fused.Program program, PointwiseSpec spec) {

    static Operation of(Shape shape, int vectors, int numbers, Function<List<Expr>, Expr> f) {
      Fused.Program p = Pointwise.program(vectors + numbers, in -> List.of(f.apply(in)));
      List<Shape> shapes = new ArrayList<>();
      for (int i = 0; i < vectors + numbers; i++) {
        shapes.add(i < vectors ? shape : Shape.scalar());
      }
      return new Operation(p, new PointwiseSpec(p.program(), shapes, shape));
    }

    void run(Backend backend, Buffer out, float[] parameters, Buffer... in) {
      backend.pointwise(spec, parameters, in, new Buffer[] {out});
    }
  }

  FlatVectors(Scope scope, long size) {
    this.backend = scope.device().backend();
    this.scope = scope;
    this.size = size;
    this.scratch = scope.scratch(DType.FLOAT32, size);
    this.number = scope.scratch(DType.FLOAT32, 1);
    this.index = scope.scratch(DType.INT32, 1);
    Shape shape = Shape.of(Math.toIntExact(size / ROW), ROW);
    this.sum = new ReduceSpec(ReduceOp.SUM, shape, Shape.scalar());
    this.all = new AxisSpec(1, Math.toIntExact(size), 1);
    this.product = Operation.of(shape, 2, 0, in -> in.get(0).mul(in.get(1)));
    this.magnitude = Operation.of(shape, 1, 0, in -> in.get(0).abs());
    this.lessScaled =
        Operation.of(shape, 2, 1, in -> in.get(0).sub(in.get(2).mul(1).mul(in.get(1))));
    this.addScaledDifference =
        Operation.of(
            shape, 2, 2, in -> in.get(0).add(in.get(2).sub(in.get(3)).mul(1).mul(in.get(1))));
  }

  /** Makes a vector of zeros. */
  Buffer zeros() {
    Buffer b = scope.scratch(DType.FLOAT32, size);
    backend.fill(b, size, 0);
    return b;
  }

  void copy(Buffer from, Buffer to) {
    backend.copy(from, 0, to, 0, size);
  }

  /** Computes {@code y = alpha x + beta y}. */
  void axpby(double alpha, Buffer x, double beta, Buffer y) {
    backend.axpby(size, (float) alpha, x, (float) beta, y);
  }

  /** Computes the sum of the products into a number on the device. */
  void dot(Buffer a, Buffer b, Buffer result) {
    product.run(backend, scratch, product.program().parameters(), a, b);
    backend.reduce(sum, scratch, 0, result);
  }

  /** Returns the sum of the products; waits for the device. */
  double dot(Buffer a, Buffer b) {
    dot(a, b, number);
    return read(number, 0);
  }

  /** Returns the sum of the magnitudes; waits for the device. */
  double sumOfMagnitudes(Buffer x) {
    magnitude.run(backend, scratch, magnitude.program().parameters(), x);
    backend.reduce(sum, scratch, 0, number);
    return read(number, 0);
  }

  /** Returns the largest magnitude, NaN if there is one; waits for the device. */
  double largestMagnitude(Buffer x) {
    magnitude.run(backend, scratch, magnitude.program().parameters(), x);
    backend.argMax(all, scratch, index);
    int[] at = new int[1];
    backend.download(index, 0, at, 0, 1);
    return read(scratch, at[0]);
  }

  /** Computes {@code y = y - factor number x}. */
  void subtract(double factor, Buffer number, Buffer x, Buffer y) {
    lessScaled.run(backend, y, new float[] {(float) factor}, y, x, number);
  }

  /** Computes {@code y = y + factor (a - b) x} for numbers a and b. */
  void addDifference(double factor, Buffer a, Buffer b, Buffer x, Buffer y) {
    addScaledDifference.run(backend, y, new float[] {(float) factor}, y, x, a, b);
  }

  private double read(Buffer b, long at) {
    float[] value = new float[1];
    backend.download(b, at, value, 0, 1);
    return value[0];
  }
}

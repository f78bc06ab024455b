package io.cortado;

import io.cortado.autograd.Arithmetic;
import io.cortado.autograd.Autograd;
import io.cortado.autograd.Einsum;
import io.cortado.autograd.Extremes;
import io.cortado.autograd.Indexing;
import io.cortado.autograd.Layouts;
import io.cortado.autograd.MatMul;
import io.cortado.autograd.Ordering;
import io.cortado.autograd.Padding;
import io.cortado.autograd.Reductions;
import io.cortado.autograd.Shaping;
import io.cortado.autograd.Statistics;
import io.cortado.autograd.ValuesAndIndices;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.UnaryOp;
import io.cortado.pointwise.Functions;
import io.cortado.pointwise.Pointwise;
import java.util.List;

/**
 * Methods of {@link Tensor} that are no more than a call of an operation.
 *
 * <p>Axes may be negative, and then count from the end. What an operation does, and which errors it
 * has, is said where it is.
 */
public abstract sealed class TensorOperations permits Tensor {

  TensorOperations() {}

  abstract Tensor self();

  // ---------------------------------------------------------------- element by element

  /** Returns {@code e^this}. */
  public Tensor exp() {
    return Arithmetic.unary(UnaryOp.EXP, self());
  }

  /** Returns the natural logarithm. */
  public Tensor log() {
    return Arithmetic.unary(UnaryOp.LOG, self());
  }

  /** Returns the square root. */
  public Tensor sqrt() {
    return Arithmetic.unary(UnaryOp.SQRT, self());
  }

  /** Returns the absolute value; its gradient is 0 at 0. */
  public Tensor abs() {
    return Arithmetic.unary(UnaryOp.ABS, self());
  }

  /** Returns {@code this^2}. */
  public Tensor square() {
    return Arithmetic.unary(UnaryOp.SQUARE, self());
  }

  /** Returns {@code 1 / this}. */
  public Tensor reciprocal() {
    return Arithmetic.unary(UnaryOp.RECIPROCAL, self());
  }

  /** Returns {@code this^exponent}. */
  public Tensor pow(float exponent) {
    return Arithmetic.unary(UnaryOp.pow(exponent), self());
  }

  /** Returns {@code min(max(this, low), high)}. */
  public Tensor clamp(float low, float high) {
    return Arithmetic.unary(UnaryOp.clamp(low, high), self());
  }

  /** Returns {@code max(this, 0)}. */
  public Tensor relu() {
    return Arithmetic.unary(UnaryOp.RELU, self());
  }

  /** Returns {@code 1 / (1 + e^-this)}. */
  public Tensor sigmoid() {
    return Arithmetic.unary(UnaryOp.SIGMOID, self());
  }

  /** Returns the hyperbolic tangent. */
  public Tensor tanh() {
    return Arithmetic.unary(UnaryOp.TANH, self());
  }

  /** Returns the error function {@code 2 / sqrt(pi)} times the integral of e^(-t^2) from 0. */
  public Tensor erf() {
    return Arithmetic.unary(UnaryOp.ERF, self());
  }

  /** Returns {@code e^x - 1}, exact near 0. */
  public Tensor expm1() {
    return Functions.EXPM1.apply(self());
  }

  /** Returns {@code ln(1 + x)}, exact near 0. */
  public Tensor log1p() {
    return Functions.LOG1P.apply(self());
  }

  /** Returns {@code 1 / sqrt(x)}. */
  public Tensor rsqrt() {
    return Functions.RSQRT.apply(self());
  }

  /** Returns -1, 0 or 1; the gradient is 0. */
  public Tensor sign() {
    return Functions.SIGN.apply(self());
  }

  /** Returns the largest integers that are not above; the gradient is 0. */
  public Tensor floor() {
    return Functions.FLOOR.apply(self());
  }

  /** Returns the nearest integers, the even one of two; the gradient is 0. */
  public Tensor round() {
    return Functions.ROUND.apply(self());
  }

  /** Returns the sine of angles in radians. */
  public Tensor sin() {
    return Functions.SIN.apply(self());
  }

  /** Returns the cosine of angles in radians. */
  public Tensor cos() {
    return Functions.COS.apply(self());
  }

  /** Returns {@code x^exponent}, with broadcasting. */
  public Tensor pow(Tensor exponent) {
    return Functions.POW.apply(self(), exponent);
  }

  /** Returns the smaller of two numbers, NaN if one is; equal ones share the gradient. */
  public Tensor minimum(Tensor other) {
    return Functions.MINIMUM.apply(self(), other);
  }

  /** Returns the larger of two numbers, NaN if one is; equal ones share the gradient. */
  public Tensor maximum(Tensor other) {
    return Functions.MAXIMUM.apply(self(), other);
  }

  /** Returns 1 where this is less than the other, else 0. */
  public Tensor lt(Tensor other) {
    return Functions.LT.apply(self(), other);
  }

  /** Returns 1 where this is at most the other, else 0. */
  public Tensor le(Tensor other) {
    return Functions.LE.apply(self(), other);
  }

  /** Returns 1 where both are equal, else 0. */
  public Tensor eq(Tensor other) {
    return Functions.EQ.apply(self(), other);
  }

  /** Returns 1 where both differ, as NaN does from all, else 0. */
  public Tensor ne(Tensor other) {
    return Functions.NE.apply(self(), other);
  }

  /** Returns 1 where this is greater than the other, else 0. */
  public Tensor gt(Tensor other) {
    return Functions.LT.apply(other, self());
  }

  /** Returns 1 where this is at least the other, else 0. */
  public Tensor ge(Tensor other) {
    return Functions.LE.apply(other, self());
  }

  /** Returns 1 where this is less than a number, else 0. */
  public Tensor lt(float value) {
    return Pointwise.of("lt", x -> x.lt(value)).apply(self());
  }

  /** Returns 1 where this is greater than a number, else 0. */
  public Tensor gt(float value) {
    return Pointwise.of("gt", x -> x.gt(value)).apply(self());
  }

  /** Returns 1 where this equals a number, else 0. */
  public Tensor eq(float value) {
    return Pointwise.of("eq", x -> x.eq(value)).apply(self());
  }

  /**
   * Returns the elements of one tensor where a mask is not 0, else those of the other, with
   * broadcasting.
   */
  public static Tensor where(Tensor mask, Tensor then, Tensor otherwise) {
    return Functions.WHERE.apply(mask, then, otherwise);
  }

  // ---------------------------------------------------------------- reductions

  /** Returns the sum over some axes, none named for all; see {@link Reductions#axes}. */
  public Tensor sum(int[] axes, boolean keepDim) {
    return Reductions.axes(ReduceOp.SUM, self(), keepDim, axes);
  }

  /** Returns the mean over some axes, none named for all; see {@link Reductions#axes}. */
  public Tensor mean(int[] axes, boolean keepDim) {
    return Reductions.axes(ReduceOp.MEAN, self(), keepDim, axes);
  }

  /** Returns the largest element; the gradient is shared evenly among equal ones. */
  public Tensor max() {
    return Extremes.amax(self(), false);
  }

  /** Returns the smallest element; the gradient is shared evenly among equal ones. */
  public Tensor min() {
    return Extremes.amin(self(), false);
  }

  /** Returns the largest elements along an axis and their places; see {@link Extremes#max}. */
  public ValuesAndIndices max(int axis, boolean keepDim) {
    return Extremes.max(self(), axis, keepDim);
  }

  /** Returns the smallest elements along an axis and their places; see {@link Extremes#min}. */
  public ValuesAndIndices min(int axis, boolean keepDim) {
    return Extremes.min(self(), axis, keepDim);
  }

  /** Returns the largest elements over some axes; see {@link Extremes#amax}. */
  public Tensor amax(int[] axes, boolean keepDim) {
    return Extremes.amax(self(), keepDim, axes);
  }

  /** Returns the smallest elements over some axes; see {@link Extremes#amin}. */
  public Tensor amin(int[] axes, boolean keepDim) {
    return Extremes.amin(self(), keepDim, axes);
  }

  /** Returns the index of the first smallest element along an axis; it has no gradient. */
  public Tensor argmin(int axis) {
    return Reductions.argmin(self(), axis);
  }

  /** Returns the product of all elements; see {@link Statistics#prod}. */
  public Tensor prod() {
    return Statistics.prod(self(), false);
  }

  /** Returns the product along an axis; see {@link Statistics#prod}. */
  public Tensor prod(int axis, boolean keepDim) {
    return Statistics.prod(self(), keepDim, axis);
  }

  /** Returns the unbiased variance of all elements; see {@link Statistics#var}. */
  public Tensor var() {
    return Statistics.var(self(), 1, false);
  }

  /** Returns the variance over some axes, none named for all; see {@link Statistics#var}. */
  public Tensor var(int[] axes, int correction, boolean keepDim) {
    return Statistics.var(self(), correction, keepDim, axes);
  }

  /** Returns the root of the unbiased variance of all elements; see {@link Statistics#std}. */
  public Tensor std() {
    return Statistics.std(self(), 1, false);
  }

  /** Returns the standard deviation over some axes; see {@link Statistics#std}. */
  public Tensor std(int[] axes, int correction, boolean keepDim) {
    return Statistics.std(self(), correction, keepDim, axes);
  }

  /** Returns the Euclidean norm of all elements; see {@link Statistics#norm}. */
  public Tensor norm() {
    return Statistics.norm(self(), 2, false);
  }

  /** Returns the p-norm over some axes, none named for all; see {@link Statistics#norm}. */
  public Tensor norm(float p, int[] axes, boolean keepDim) {
    return Statistics.norm(self(), p, keepDim, axes);
  }

  /** Returns the logarithm of the sum of exponentials; see {@link Statistics#logsumexp}. */
  public Tensor logsumexp(int[] axes, boolean keepDim) {
    return Statistics.logsumexp(self(), keepDim, axes);
  }

  /** Returns running sums along an axis. */
  public Tensor cumsum(int axis) {
    return Ordering.cumsum(self(), axis);
  }

  // ---------------------------------------------------------------- products

  /** Returns one matrix product for each index of the first axis; see {@link MatMul#bmm}. */
  public Tensor bmm(Tensor other) {
    return MatMul.bmm(self(), other);
  }

  /** Returns the products of each element of this vector with each of another. */
  public Tensor outer(Tensor other) {
    return MatMul.outer(self(), other);
  }

  /** Returns the sum of the products of this vector's elements with another's. */
  public Tensor dot(Tensor other) {
    return MatMul.dot(self(), other);
  }

  /** Returns a sum of products as an equation says; see {@link Einsum#einsum}. */
  public static Tensor einsum(String equation, Tensor... operands) {
    return Einsum.einsum(equation, operands);
  }

  /** Returns these values, through which no gradient flows; the same as {@code detach()}. */
  public Tensor stopGradient() {
    return Autograd.stopGradient(self());
  }

  // ---------------------------------------------------------------- places and order

  /** Picks elements by their numbers along an axis; see {@link Indexing#gather}. */
  public Tensor gather(int axis, Tensor indices) {
    return Indexing.gather(self(), axis, indices);
  }

  /** Adds elements where their indices say; see {@link Indexing#scatterAdd}. */
  public Tensor scatterAdd(int axis, Tensor indices, Tensor src) {
    return Indexing.scatterAdd(self(), axis, indices, src);
  }

  /** Picks whole slices along an axis; see {@link Indexing#indexSelect}. */
  public Tensor indexSelect(int axis, Tensor indices) {
    return Indexing.indexSelect(self(), axis, indices);
  }

  /** Picks elements, axes of extent 1 repeated; see {@link Indexing#takeAlongDim}. */
  public Tensor takeAlongDim(Tensor indices, int axis) {
    return Indexing.takeAlongDim(self(), indices, axis);
  }

  /** Returns a 1 at each of these indices' place on a new axis; see {@link Indexing#oneHot}. */
  public Tensor oneHot(int classes) {
    return Indexing.oneHot(self(), classes);
  }

  /** Sorts along an axis, stably; see {@link Ordering#sort}. */
  public ValuesAndIndices sort(int axis, boolean descending) {
    return Ordering.sort(self(), axis, descending);
  }

  /** Returns the places that the elements sorted along an axis had; they have no gradient. */
  public Tensor argsort(int axis, boolean descending) {
    return Ordering.sort(self().detach(), axis, descending).indices();
  }

  /** Returns the k largest or smallest along an axis; see {@link Ordering#topk}. */
  public ValuesAndIndices topk(int k, int axis, boolean largest) {
    return Ordering.topk(self(), k, axis, largest);
  }

  // ---------------------------------------------------------------- shape

  /** Repeats axes of extent 1; see {@link Layouts#expand}. */
  public Tensor expand(int... dims) {
    return Layouts.expand(self(), dims);
  }

  /** Repeats axes of extent 1 up to a shape; see {@link Layouts#expand}. */
  public Tensor broadcastTo(int... dims) {
    return Layouts.expand(self(), dims);
  }

  /** Repeats the whole tensor along each axis; see {@link Layouts#repeat}. */
  public Tensor repeat(int... times) {
    return Layouts.repeat(self(), times);
  }

  /** Reverses the order along some axes. */
  public Tensor flip(int... axes) {
    return Layouts.flip(self(), axes);
  }

  /** Shifts elements along an axis, in a circle; see {@link Layouts#roll}. */
  public Tensor roll(int shift, int axis) {
    return Layouts.roll(self(), shift, axis);
  }

  /** Returns a diagonal of two axes as a new last axis; see {@link Layouts#diagonal}. */
  public Tensor diagonal(int offset, int axis0, int axis1) {
    return Layouts.diagonal(self(), offset, axis0, axis1);
  }

  /** Returns windows along an axis on a new last axis; see {@link Layouts#unfold}. */
  public Tensor unfold(int axis, int size, int step) {
    return Layouts.unfold(self(), axis, size, step);
  }

  /** Returns matrices with what is above a diagonal made 0; see {@link Layouts#triangle}. */
  public Tensor tril(int diagonal) {
    return Layouts.triangle(self(), diagonal, false);
  }

  /** Returns matrices with what is below a diagonal made 0; see {@link Layouts#triangle}. */
  public Tensor triu(int diagonal) {
    return Layouts.triangle(self(), diagonal, true);
  }

  /** Puts zeros around the last axes; see {@link Padding#pad}. */
  public Tensor pad(int... widths) {
    return Padding.pad(self(), Padding.Mode.CONSTANT, 0, widths);
  }

  /** Pads the last axes; see {@link Padding#pad}. */
  public Tensor pad(Padding.Mode mode, float value, int... widths) {
    return Padding.pad(self(), mode, value, widths);
  }

  /** Returns the elements with a new axis of extent 1; a negative one counts from the new end. */
  public Tensor unsqueeze(int axis) {
    return Shaping.unsqueeze(self(), axis);
  }

  /** Returns the elements without the axes named that have extent 1; without names, without all. */
  public Tensor squeeze(int... axes) {
    return Shaping.squeeze(self(), axes);
  }

  /** Returns tensors of one shape joined along a new axis. */
  public static Tensor stack(int axis, Tensor... parts) {
    return Shaping.stack(axis, parts);
  }

  /** Returns parts of one extent along an axis; the last may be smaller. */
  public List<Tensor> split(int extent, int axis) {
    return Shaping.splitEvery(self(), axis, extent);
  }

  /** Returns parts of given extents along an axis. */
  public List<Tensor> split(int[] extents, int axis) {
    return Shaping.split(self(), axis, extents);
  }

  /** Returns a number of parts along an axis, the last of which may be smaller. */
  public List<Tensor> chunk(int count, int axis) {
    return Shaping.chunk(self(), axis, count);
  }
}

package io.cortado.cpu.kernels;

import io.cortado.backend.spec.IndexSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import java.util.Arrays;

/**
 * Elements by their numbers along an axis.
 *
 * <p>A scatter's blocks are strips of the outer and inner places: each walks its indices in their
 * order, so that no two blocks write one element and sums are added in the order of the indices.
 */
public final class Indexing {

  /** Inner places of a strip. */
  private static final int STRIP = 64;

  private final VectorOps ops;
  private final Workers workers;

  /** Makes the kernels. */
  public Indexing(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
  }

  private static void check(IndexSpec s, int[] indices, int io) {
    int n = (int) s.indices();
    int extent = s.extent();
    int signs = 0; // negative if an index is, or is not below the extent
    for (int i = 0; i < n; i++) {
      int index = indices[io + i];
      signs |= index | (extent - 1 - index);
    }
    for (int i = 0; signs < 0 && i < n; i++) {
      int index = indices[io + i];
      if (index < 0 || index >= extent) {
        throw new IllegalArgumentException(s.outside(index));
      }
    }
  }

  /**
   * Computes {@code y = picked x + beta * y}.
   *
   * @throws IllegalArgumentException if an index is not of the axis; nothing is written then
   */
  public void gather(
      IndexSpec s, int[] indices, int io, float[] x, int xo, float beta, float[] y, int yo) {
    check(s, indices, io);
    if (s.picked() == 0) {
      return;
    }
    int inner = (int) s.inner();
    int rows = (int) s.outer() * s.count();
    int perBlock = Blocks.rows(inner, Blocks.LIGHT);
    if (rows <= perBlock) {
      gatherRows(s, 0, rows, indices, io, x, xo, beta, y, yo);
      return;
    }
    workers.run(
        Blocks.count(rows, perBlock),
        (block, worker) -> {
          int end = Blocks.end(block * perBlock, perBlock, rows);
          gatherRows(s, block * perBlock, end, indices, io, x, xo, beta, y, yo);
        });
  }

  private void gatherRows(
      IndexSpec s,
      int first,
      int end,
      int[] indices,
      int io,
      float[] x,
      int xo,
      float beta,
      float[] y,
      int yo) {
    int inner = (int) s.inner();
    for (int row = first; row < end; row++) {
      int base = xo + row / s.count() * s.extent() * inner;
      int to = yo + row * inner;
      if (s.shared()) {
        copy(inner, x, base + indices[io + row % s.count()] * inner, beta, y, to);
      } else {
        pick(inner, indices, io + row * inner, x, base, beta, y, to);
      }
    }
  }

  private void copy(int n, float[] x, int xo, float beta, float[] y, int yo) {
    if (beta == 0) {
      System.arraycopy(x, xo, y, yo, n);
    } else {
      ops.axpby(n, 1f, x, xo, beta, y, yo);
    }
  }

  private static void pick(
      int inner, int[] indices, int io, float[] x, int base, float beta, float[] y, int yo) {
    for (int i = 0; i < inner; i++) {
      float value = x[base + indices[io + i] * inner + i];
      y[yo + i] = beta == 0 ? value : value + beta * y[yo + i];
    }
  }

  /**
   * Computes {@code y = sums of what comes to each place + beta * y}.
   *
   * @throws IllegalArgumentException if an index is not of the axis; nothing is written then
   */
  public void scatterAdd(
      IndexSpec s, int[] indices, int io, float[] src, int so, float beta, float[] y, int yo) {
    check(s, indices, io);
    int inner = (int) s.inner();
    int outer = (int) s.outer();
    if (s.size() == 0) {
      return;
    }
    int strips = Blocks.count(inner, STRIP);
    int units = outer * strips;
    long perUnit = (long) (s.count() + s.extent()) * Math.min(inner, STRIP);
    int perBlock = Blocks.rows(perUnit, Blocks.LIGHT);
    if (units <= perBlock) {
      addUnits(s, 0, units, indices, io, src, so, beta, y, yo);
      return;
    }
    workers.run(
        Blocks.count(units, perBlock),
        (block, worker) -> {
          int end = Blocks.end(block * perBlock, perBlock, units);
          addUnits(s, block * perBlock, end, indices, io, src, so, beta, y, yo);
        });
  }

  private void addUnits(
      IndexSpec s,
      int from,
      int end,
      int[] indices,
      int io,
      float[] src,
      int so,
      float beta,
      float[] y,
      int yo) {
    int inner = (int) s.inner();
    int strips = Blocks.count(inner, STRIP);
    for (int unit = from; unit < end; unit++) {
      int first = unit % strips * STRIP;
      int cols = Math.min(STRIP, inner - first);
      add(s, unit / strips, first, cols, indices, io, src, so, beta, y, yo);
    }
  }

  private void add(
      IndexSpec s,
      int o,
      int first,
      int cols,
      int[] indices,
      int io,
      float[] src,
      int so,
      float beta,
      float[] y,
      int yo) {
    int inner = (int) s.inner();
    int base = yo + o * s.extent() * inner + first;
    if (inner == 1 && !s.shared()) {
      addElements(s, o, indices, io, src, so, beta, y, yo);
      return;
    }
    if (beta == 0) {
      for (int e = 0; e < s.extent(); e++) {
        Arrays.fill(y, base + e * inner, base + e * inner + cols, 0f);
      }
    }
    for (int j = 0; j < s.count(); j++) {
      int picked = (o * s.count() + j) * inner + first;
      if (s.shared()) {
        ops.axpby(cols, 1f, src, so + picked, 1f, y, base + indices[io + j] * inner);
      } else {
        for (int i = 0; i < cols; i++) {
          y[base + indices[io + picked + i] * inner + i] += src[so + picked + i];
        }
      }
    }
  }

  /** Adds what has an index of its own to places that lie together. */
  private static void addElements(
      IndexSpec s,
      int o,
      int[] indices,
      int io,
      float[] src,
      int so,
      float beta,
      float[] y,
      int yo) {
    int base = yo + o * s.extent();
    if (beta == 0) {
      Arrays.fill(y, base, base + s.extent(), 0f);
    }
    int from = o * s.count();
    for (int j = from; j < from + s.count(); j++) {
      y[base + indices[io + j]] += src[so + j];
    }
  }

  /** See {@link io.cortado.backend.IndexOps#findOutside}. */
  public static void findOutside(
      int operation, int extent, long count, int[] indices, int at, int[] found, int foundAt) {
    for (int i = at; i < at + count && found[foundAt] == 0; i++) {
      if (indices[i] < 0 || indices[i] >= extent) {
        int[] words = {1, operation, indices[i], extent};
        System.arraycopy(words, 0, found, foundAt, words.length);
      }
    }
  }
}

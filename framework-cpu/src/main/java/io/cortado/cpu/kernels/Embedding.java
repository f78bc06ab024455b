package io.cortado.cpu.kernels;

import io.cortado.backend.spec.EmbeddingSpec;
import io.cortado.cpu.parallel.Workers;
import io.cortado.cpu.simd.VectorOps;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table by their numbers, and the table's gradient.
 *
 * <p>The gradient's blocks are the table's rows of the same number modulo their count: each walks
 * all indices in their order and adds whole rows, which lie together in memory. So no two blocks
 * write one element, nothing has to be sorted, and the cost is the number of elements looked up,
 * whatever the table's size (which is written once, where the gradient is not added to another).
 */
public final class Embedding {

  /** How many blocks the gradient has. */
  private static final int PARTS = 8;

  /** Rows no wider stay in one block: reading the indices again would cost as much as the rows. */
  private static final int NARROW = 64;

  private final VectorOps ops;
  private final Workers workers;

  /** Makes the kernels. */
  public Embedding(VectorOps ops, Workers workers) {
    this.ops = ops;
    this.workers = workers;
  }

  private static void check(EmbeddingSpec s, int[] indices, int io) {
    for (int i = 0; i < s.count(); i++) {
      int index = indices[io + i];
      if (index < 0 || index >= s.rows()) {
        throw new IllegalArgumentException(
            "embedding: index %d at position %d is not in 0 to %d, the rows of a table of %d; make the table larger or renumber the indices"
                .formatted(index, i, s.rows() - 1, s.rows()));
      }
    }
  }

  /**
   * Copies the rows.
   *
   * @throws IllegalArgumentException if an index is outside of the table; nothing is written then
   */
  public void forward(
      EmbeddingSpec s, int[] indices, int io, float[] table, int to, float[] y, int yo) {
    check(s, indices, io);
    int perBlock = Blocks.rows(s.width(), Blocks.LIGHT);
    if (s.count() <= perBlock) {
      copy(0, s.count(), s.width(), indices, io, table, to, y, yo);
      return;
    }
    workers.run(
        Blocks.count(s.count(), perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          int end = Blocks.end(first, perBlock, s.count());
          copy(first, end, s.width(), indices, io, table, to, y, yo);
        });
  }

  private static void copy(
      int first,
      int end,
      int width,
      int[] indices,
      int io,
      float[] table,
      int to,
      float[] y,
      int yo) {
    for (int i = first; i < end; i++) {
      System.arraycopy(table, to + indices[io + i] * width, y, yo + i * width, width);
    }
  }

  /**
   * Overwrites rows.
   *
   * @param y the rows, all of one number alike, so that it does not matter which comes last; null
   *     for zeros
   * @throws IllegalArgumentException if an index is outside of the table; nothing is written then
   */
  public void store(
      EmbeddingSpec s, int[] indices, int io, float @Nullable [] y, int yo, float[] table, int to) {
    check(s, indices, io);
    int perBlock = Blocks.rows(s.width(), Blocks.LIGHT);
    workers.run(
        Blocks.count(s.count(), perBlock),
        (block, worker) -> {
          int first = block * perBlock;
          int end = Blocks.end(first, perBlock, s.count());
          for (int i = first; i < end; i++) {
            int row = to + indices[io + i] * s.width();
            if (y == null) {
              Arrays.fill(table, row, row + s.width(), 0f);
            } else {
              System.arraycopy(y, yo + i * s.width(), table, row, s.width());
            }
          }
        });
  }

  /**
   * Computes {@code dTable = gradient + beta * dTable}.
   *
   * @throws IllegalArgumentException if an index is outside of the table; nothing is written then
   */
  public void backward(
      EmbeddingSpec s,
      int[] indices,
      int io,
      float[] dy,
      int dyo,
      float beta,
      float[] dTable,
      int dto) {
    check(s, indices, io);
    if (beta == 0) {
      clear((int) s.tableSize(), dTable, dto);
    }
    if (s.width() <= NARROW || s.outputSize() <= Blocks.LIGHT) {
      add(s, 0, 1, indices, io, dy, dyo, dTable, dto);
      return;
    }
    workers.run(PARTS, (part, worker) -> add(s, part, PARTS, indices, io, dy, dyo, dTable, dto));
  }

  private void clear(int n, float[] y, int yo) {
    if (n <= Blocks.LIGHT) {
      Arrays.fill(y, yo, yo + n, 0f);
      return;
    }
    workers.run(
        Blocks.count(n, Blocks.LIGHT),
        (block, worker) -> {
          int first = block * Blocks.LIGHT;
          Arrays.fill(y, yo + first, yo + Blocks.end(first, Blocks.LIGHT, n), 0f);
        });
  }

  /** Adds the gradients of the table's rows {@code part, part + parts, ...}, in their order. */
  private void add(
      EmbeddingSpec s,
      int part,
      int parts,
      int[] indices,
      int io,
      float[] dy,
      int dyo,
      float[] dTable,
      int dto) {
    int width = s.width();
    for (int i = 0; i < s.count(); i++) {
      int row = indices[io + i];
      if (row % parts == part && row != s.paddingIndex()) {
        ops.axpby(width, 1f, dy, dyo + i * width, 1f, dTable, dto + row * width);
      }
    }
  }
}

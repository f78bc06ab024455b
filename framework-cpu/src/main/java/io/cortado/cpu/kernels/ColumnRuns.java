package io.cortado.cpu.kernels;

/**
 * The outputs that one tile's columns stand for, as runs within rows of the image.
 *
 * <p>Run q covers the tile's columns {@code col[q]} to {@code col[q] + len[q]}; they read the
 * staged source from {@code from[q]} on and lie in their channel's plane of the target from {@code
 * to[q]} on (plus the image's own offset, already in it).
 */
final class ColumnRuns {

  final int[] from;
  final int[] to;
  final int[] col;
  final int[] len;
  int count;
  int columns;

  ColumnRuns(int tileColumns) {
    from = new int[tileColumns];
    to = new int[tileColumns];
    col = new int[tileColumns];
    len = new int[tileColumns];
  }

  void clear() {
    count = 0;
    columns = 0;
  }

  void add(int from, int to, int col, int len) {
    this.from[count] = from;
    this.to[count] = to;
    this.col[count] = col;
    this.len[count] = len;
    count++;
    columns += len;
  }

  /**
   * Says whether the runs are one stretch of that many columns in the target, neighbours being
   * neighbours.
   */
  boolean isOneStretch(int tileColumns) {
    return columns == tileColumns && to[count - 1] + len[count - 1] - to[0] == tileColumns;
  }
}

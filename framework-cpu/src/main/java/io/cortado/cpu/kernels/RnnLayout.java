package io.cortado.cpu.kernels;

import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.simd.RnnKernel;

/**
 * Where the numbers of a recurrent layer are, worked out once for a spec.
 *
 * <p>Features are cut into blocks of {@link RnnKernel#rows()}, the batch into groups of {@link
 * RnnKernel#columns()}; both are padded. What a forward pass keeps lies block by block, in each
 * step by step, in each group by group: {@link #slots} times a block's numbers, as {@link
 * RnnKernel} says. Behind it are the states, sequence by sequence, one more than there are steps.
 *
 * <p>The gates' gradients of a block are written over what was kept of it, sequence by sequence, so
 * that they are the slivers of the weights' products as they are: for each step and sequence {@link
 * #wide} numbers, gate by gate (a GRU's candidate has two: of its recurrent part, then of its input
 * part). That is never more than was kept: they end where it ends if the way back leads from the
 * last step to the first, and begin where it begins in the other direction, so that a step's
 * gradients cover steps alone that are done with.
 */
final class RnnLayout {

  // The gate in each slot: a kernel wants an LSTM's sigmoids side by side.
  private static final int[] PLAIN = {0};
  private static final int[] LSTM = {0, 1, 3, 2};
  private static final int[] GRU = {0, 1, 2, 2};

  final RnnSpec spec;

  /** Features of a block. */
  final int rows;

  /** Sequences of a group. */
  final int columns;

  /** Numbers of a block in a group. */
  final int block;

  final int blocks;
  final int groups;

  /** Features, those that fill the last block among them. */
  final int padded;

  /** The gate that each tile of a block computes. */
  final int[] tiles;

  /** Blocks of numbers that are kept of a block of features. */
  final int slots;

  /** Gates whose gradients the recurrent product takes back. */
  final int back;

  /** Gates whose gradients the weights' products read. */
  final int gates;

  /** Elements of a row of a block's gradients. */
  final int wide;

  /** Steps and sequences: the rows of a block's gradients. */
  final int samples;

  /** Elements that are kept of a block, all steps. */
  private final long keptOfBlock;

  RnnLayout(RnnSpec s, RnnKernel kernel) {
    spec = s;
    rows = kernel.rows();
    columns = kernel.columns();
    block = rows * columns;
    blocks = Extents.ceilDiv(s.hidden(), rows);
    groups = Extents.ceilDiv(s.batch(), columns);
    padded = blocks * rows;
    switch (s.kind()) {
      case LSTM -> {
        tiles = LSTM;
        slots = 6;
        back = 4;
        gates = 4;
      }
      case GRU -> {
        tiles = GRU;
        slots = 5;
        back = 3;
        gates = 4;
      }
      case TANH, RELU -> {
        tiles = PLAIN;
        slots = 1;
        back = 1;
        gates = 1;
      }
      default -> throw new AssertionError(s.kind());
    }
    wide = gates * rows;
    samples = s.steps() * s.batch();
    keptOfBlock = (long) s.steps() * groups * slots * block;
  }

  boolean isGru() {
    return spec.kind() == RnnSpec.Kind.GRU;
  }

  boolean isLstm() {
    return spec.kind() == RnnSpec.Kind.LSTM;
  }

  /** Returns the sequences of a group. */
  int sequences(int group) {
    return Math.min(columns, spec.batch() - group * columns);
  }

  /** Returns the features in blocks from one on, up to another exclusive. */
  int features(int fromBlock, int toBlock) {
    return Math.min(spec.hidden(), toBlock * rows) - fromBlock * rows;
  }

  /** Returns the first products of a tile's sum, counted in rows of the step's sliver. */
  int depthFrom(int tile) {
    return isGru() && tile == 3 ? spec.input() : 0;
  }

  /** Returns how many products a tile's sum has: a GRU's candidate keeps its two parts apart. */
  int depth(int tile) {
    return switch (tile) {
      case 2 -> isGru() ? spec.input() : spec.input() + spec.hidden();
      case 3 -> isGru() ? spec.hidden() : spec.input() + spec.hidden();
      default -> spec.input() + spec.hidden();
    };
  }

  /** Returns the products of the gradients' sum. */
  int backDepth() {
    return back * padded;
  }

  /** Returns the elements of a step's sliver for one group: its inputs, then its state. */
  int sliver() {
    return (spec.input() + padded) * columns;
  }

  /** Returns the elements of a state in one group. */
  int state() {
    return padded * columns;
  }

  /** Returns where in the reserve a step's block is. */
  int keptAt(int t, int group, int block) {
    return (int) (block * keptOfBlock) + (t * groups + group) * slots * this.block;
  }

  /** Returns where in the reserve a step's states are. */
  int stateAt(int state) {
    return (int) (blocks * keptOfBlock + state * spec.stateSize());
  }

  /** Returns where in the reserve a block's gradients are. */
  int gradientsAt(int block) {
    long end = (block + 1) * keptOfBlock - (long) samples * wide;
    return (int) (spec.reverse() ? block * keptOfBlock : end);
  }

  /** Returns the gate of the weights that one of the gates' gradients belongs to. */
  int gate(int gradient) {
    return isGru() ? Math.min(gradient, 2) : tiles[gradient];
  }

  /** Returns the elements of the reserve. */
  long reserve() {
    return blocks * keptOfBlock + (spec.steps() + 1) * spec.stateSize();
  }
}

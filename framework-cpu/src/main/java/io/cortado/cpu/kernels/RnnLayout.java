package io.cortado.cpu.kernels;

import io.cortado.Shape;
import io.cortado.backend.spec.GemmSpec;
import io.cortado.backend.spec.ReduceOp;
import io.cortado.backend.spec.ReduceSpec;
import io.cortado.backend.spec.RnnSpec;
import io.cortado.cpu.simd.RnnKernel;

/**
 * Where the numbers of a recurrent layer are, worked out once for a spec.
 *
 * <p>Features are cut into blocks of {@link RnnKernel#rows()}, the batch into groups of {@link
 * RnnKernel#columns()}; both are padded. What a forward pass keeps lies step by step, in each group
 * by group, in each block by block: {@link #slots} times a block's numbers, as {@link RnnKernel}
 * says. Behind it are the states, sequence by sequence, one more than there are steps, as the
 * products of the weights' gradients read them.
 *
 * <p>Those products read the gates' gradients sequence by sequence too: for each step and sequence
 * {@link #wide} numbers (a GRU's candidate has two: of its input part, then of its recurrent part).
 * They are written over what the forward pass kept, which is never less: at its end where the way
 * back leads from the last step to the first, at its beginning in the other direction, so that a
 * step's gradients cover steps alone that are done with.
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

  /** Elements of a row of gates' gradients. */
  final int wide;

  /** Elements that a forward pass keeps of a step. */
  private final long keptOfStep;

  final GemmSpec inputGradient;
  final GemmSpec inputWeights;
  final GemmSpec recurrentWeights;

  /** A GRU's candidate has gradients of its own. */
  final GemmSpec candidateWeights;

  final ReduceSpec biases;

  RnnLayout(RnnSpec s, RnnKernel kernel) {
    spec = s;
    rows = kernel.rows();
    columns = kernel.columns();
    block = rows * columns;
    blocks = Extents.ceilDiv(s.hidden(), rows);
    groups = Extents.ceilDiv(s.batch(), columns);
    padded = blocks * rows;
    int h = s.hidden();
    switch (s.kind()) {
      case LSTM -> {
        tiles = LSTM;
        slots = 6;
        back = 4;
        wide = 4 * h;
      }
      case GRU -> {
        tiles = GRU;
        slots = 5;
        back = 3;
        wide = 4 * h;
      }
      case TANH, RELU -> {
        tiles = PLAIN;
        slots = 1;
        back = 1;
        wide = h;
      }
      default -> throw new AssertionError(s.kind());
    }
    keptOfStep = (long) groups * blocks * slots * block;
    int n = s.steps() * s.batch();
    int in = s.input();
    int same = isGru() ? 2 * h : s.width();
    inputGradient = new GemmSpec(n, in, s.width(), false, false, wide, in, in, 1, 0, 0, 0);
    inputWeights = new GemmSpec(s.width(), in, n, true, false, wide, in, in, 1, 0, 0, 0);
    recurrentWeights = new GemmSpec(same, h, n, true, false, wide, h, h, 1, 0, 0, 0);
    candidateWeights = new GemmSpec(h, h, n, true, false, wide, h, h, 1, 0, 0, 0);
    biases = new ReduceSpec(ReduceOp.SUM, Shape.of(n, wide), Shape.of(wide));
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
    return (int) (t * keptOfStep) + (group * blocks + block) * slots * this.block;
  }

  /** Returns where in the reserve a step's states are. */
  int stateAt(int state) {
    return (int) (spec.steps() * keptOfStep + state * spec.stateSize());
  }

  /** Returns where in the reserve the gates' gradients of a step are. */
  int gradientsAt(int t) {
    long ofStep = (long) spec.batch() * wide;
    long first = spec.reverse() ? 0 : spec.steps() * (keptOfStep - ofStep);
    return (int) (first + t * ofStep);
  }

  /** Returns the elements of the reserve. */
  long reserve() {
    return spec.steps() * keptOfStep + (spec.steps() + 1) * spec.stateSize();
  }
}

package io.cortado.cpu.kernels;

import io.cortado.cpu.parallel.BlockTask;
import io.cortado.cpu.parallel.Workers;

/**
 * How the walk through a sequence is shared among the workers.
 *
 * <p>Each step is cut into groups of sequences and ranges of blocks, with a meeting of all workers
 * behind it: the next step reads the state that all have made, and what it overwrites no one may
 * need any more. Cut by blocks, a worker's part of the weights fits its own cache. No number
 * depends on the cut: a block of a group is computed alike in each.
 */
final class RnnSteps {

  /** What a pass does in a step. */
  interface Pass {

    /** Does one step for the blocks from one on, up to another exclusive. */
    void step(int group, int k, int fromBlock, int toBlock, int worker);
  }

  private final Workers workers;
  private final BlockTask task = this::task;

  private Pass pass = (group, k, fromBlock, toBlock, worker) -> {};
  private int blocks;
  private int ranges;
  private int now;

  RnnSteps(Workers workers) {
    this.workers = workers;
  }

  /**
   * Takes steps 0, 1, ... of a pass.
   *
   * @param work multiply-adds of a step
   */
  void run(int groups, int blocks, int steps, long work, Pass pass) {
    this.pass = pass;
    this.blocks = blocks;
    int count = workers.count();
    boolean alone = count == 1 || work < 2 * Gemm.SERIAL_BELOW;
    ranges = alone || groups % count == 0 ? 1 : Math.min(count, blocks);
    for (now = 0; now < steps; now++) {
      if (alone) {
        for (int g = 0; g < groups; g++) {
          task(g, 0);
        }
      } else {
        workers.run(groups * ranges, task);
      }
    }
  }

  private void task(int part, int worker) {
    int range = part % ranges;
    int from = (int) ((long) range * blocks / ranges);
    int to = (int) ((long) (range + 1) * blocks / ranges);
    pass.step(part / ranges, now, from, to, worker);
  }
}

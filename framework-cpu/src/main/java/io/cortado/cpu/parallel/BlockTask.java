package io.cortado.cpu.parallel;

/** One piece of work out of many that may run at the same time. */
@FunctionalInterface
public interface BlockTask {

  /**
   * Does one block.
   *
   * @param block which one, from 0
   * @param worker who does it, from 0 to {@link Workers#count()} exclusive; no two blocks with the
   *     same worker run at the same time, so scratch memory can be kept per worker
   */
  void run(int block, int worker);
}

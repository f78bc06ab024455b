package io.cortado.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/** Blocks that wait to be handed out: those of small segments, and those of large ones. */
final class FreeBlocks {

  private static final Comparator<Block> BY_SIZE =
      Comparator.<Block>comparingLong(b -> b.bytes)
          .thenComparingLong(b -> b.segment.id())
          .thenComparingLong(b -> b.offset);

  /** Comes before all segments in the order of blocks. */
  private static final Block.Segment BEFORE_ALL =
      new Block.Segment(-1, new CUdeviceptr(), 0, false);

  private final TreeSet<Block> small = new TreeSet<>(BY_SIZE);
  private final TreeSet<Block> large = new TreeSet<>(BY_SIZE);

  /** Removes and returns the smallest block of at least a size; null if there is none. */
  @Nullable Block take(boolean ofSmallSegment, long size) {
    TreeSet<Block> blocks = ofSmallSegment ? small : large;
    Block block = blocks.ceiling(new Block(BEFORE_ALL, 0, size));
    if (block != null) {
      blocks.remove(block);
      block.owner = null;
    }
    return block;
  }

  /** Adds a block, joined with those of its neighbours that are here too. */
  void add(Block block) {
    TreeSet<Block> blocks = of(block);
    Block joined = block;
    Block next = block.after;
    if (next != null && next.owner == this) {
      blocks.remove(next);
      next.owner = null;
      joined.join(next);
    }
    Block previous = block.before;
    if (previous != null && previous.owner == this) {
      blocks.remove(previous);
      previous.owner = null;
      previous.join(joined);
      joined = previous;
    }
    joined.owner = this;
    blocks.add(joined);
  }

  /** Removes and returns those that are all there is of their segment. */
  List<Block> takeWhole() {
    List<Block> whole = all().stream().filter(Block::isWhole).toList();
    whole.forEach(this::remove);
    return whole;
  }

  /** Removes and returns all. */
  List<Block> takeAll() {
    List<Block> blocks = all();
    blocks.forEach(this::remove);
    return blocks;
  }

  private List<Block> all() {
    List<Block> blocks = new ArrayList<>(small);
    blocks.addAll(large);
    return blocks;
  }

  private void remove(Block block) {
    of(block).remove(block);
    block.owner = null;
  }

  private TreeSet<Block> of(Block block) {
    return block.segment.small() ? small : large;
  }
}

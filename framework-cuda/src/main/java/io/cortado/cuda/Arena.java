package io.cortado.cuda;

/**
 * The memory of a recorded step.
 *
 * <p>What the step gave back may be handed out again while it is recorded, but to nobody else until
 * the recording is closed: a replay writes to it whoever holds it.
 */
final class Arena {

  /** Blocks that are not in use: free for the recording, not for others. */
  final FreeBlocks free = new FreeBlocks();
}

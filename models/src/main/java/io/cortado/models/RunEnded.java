package io.cortado.models;

/** Ends a run that was to show something alone, from within its training. */
public final class RunEnded extends RuntimeException {

  /** Makes one; nothing has gone wrong. */
  public RunEnded() {
    super("the run has shown what it was to", null, false, false);
  }
}

package io.cortado.data;

import io.cortado.Device;
import io.cortado.Scope;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Batches that are made when they are asked for. */
final class MadeBatches implements Batches {

  private final Device device;
  private final int end;
  private final Maker maker;
  private int next;
  private @Nullable Scope current;
  private @Nullable Scope previous;
  private boolean open = true;

  MadeBatches(Device device, int from, int end, Maker maker) {
    if (from < 0 || from > end) {
      throw new IllegalArgumentException(
          "epoch: there is no batch " + from + " to start from; there are " + end);
    }
    this.device = device;
    this.end = end;
    this.maker = maker;
    next = from;
  }

  @Override
  public boolean hasNext() {
    return open && next < end;
  }

  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException(
          open ? "the epoch has only " + end + " batches" : "the epoch is closed");
    }
    if (previous != null) {
      previous.close();
    }
    previous = current;
    Scope scope = device.scope();
    current = scope;
    try {
      Batch batch = maker.make(scope, next);
      next++;
      return batch;
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() {
    open = false;
    if (previous != null) {
      previous.close();
      previous = null;
    }
    if (current != null) {
      current.close();
      current = null;
    }
  }
}

package io.cortado.data;

import io.cortado.Device;
import io.cortado.Scope;
import io.cortado.Shape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one epoch, in order, once.
 *
 * <p>Virtual threads fill a ring of host arrays; {@link #next()} uploads the next one and gives its
 * arrays back to be filled again. A batch's tensors can be used until the batch after the next is
 * asked for. Closing, which try-with-resources does, ends the threads and frees everything, however
 * far the loop has come.
 */
public final class Epoch implements Batches, Iterable<Batch> {

  private final Device device;
  private final List<String> names;
  private final EpochPlan plan;
  private final int first;
  private final int batches;
  private final Shape[] shapes;
  private final Slot[] slots;
  private final List<Thread> readers = new ArrayList<>();
  private int next;
  private @Nullable Scope current;
  private @Nullable Scope previous;
  private boolean open = true;

  /**
   * Starts the threads that read.
   *
   * @param prefetch how many; 0 to read in {@link #next()}
   */
  Epoch(Device device, Dataset dataset, int batchSize, int prefetch, EpochPlan plan, int first) {
    this.device = device;
    this.plan = plan;
    this.first = first;
    List<Field> fields = dataset.fields();
    names = Fields.names(fields);
    batches = plan.batches();
    next = first;
    shapes = fields.stream().map(f -> f.shape().prepend(batchSize)).toArray(Shape[]::new);
    slots = new Slot[Math.max(1, Math.min(prefetch, batches - first))];
    for (int s = 0; s < slots.length; s++) {
      Slot slot = new Slot(dataset, batchSize, plan);
      slots[s] = slot;
      if (prefetch > 0) {
        int offset = s;
        readers.add(
            Thread.ofVirtual()
                .name("cortado-reader-" + s)
                .start(() -> slot.fillAll(first + offset, slots.length)));
      }
    }
  }

  /** Returns this: the batches can be walked through once. */
  @Override
  public Iterator<Batch> iterator() {
    return this;
  }

  /** Says whether there is another batch. */
  @Override
  public boolean hasNext() {
    return open && next < batches;
  }

  /** Returns the number of the batch that comes next; a resumed run starts there. */
  public int position() {
    return next;
  }

  /**
   * Returns the next batch, waiting for its samples to be read.
   *
   * @throws NoSuchElementException if there is none
   * @throws DataException if a sample could not be read or has a label out of range; the message
   *     names the sample, and the epoch is closed
   * @throws io.cortado.backend.BackendException if the device cannot take it; the epoch is closed
   * @throws CancellationException if the thread is interrupted while it waits; the epoch is closed
   */
  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException(
          open ? "the epoch has only " + batches + " batches" : "the epoch is closed");
    }
    Slot slot = slots[(next - first) % slots.length];
    if (readers.isEmpty()) {
      slot.fill(next);
    } else {
      await(slot);
    }
    RuntimeException failure = slot.failure();
    if (failure != null) {
      close();
      throw failure;
    }
    if (previous != null) {
      previous.close();
    }
    previous = current;
    Scope scope = device.scope();
    current = scope;
    int samples = plan.start(next + 1) - plan.start(next);
    try {
      Batch batch = new Batch(names, slot.upload(scope, shapes, samples), next, samples);
      slot.empty.release();
      next++;
      return batch;
    } catch (Throwable e) {
      close(); // the slot is not to be had again
      throw e;
    }
  }

  private void await(Slot slot) {
    try {
      slot.full.acquire();
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for batch " + next);
    }
  }

  /** Ends the threads, once each has read the sample it is at, and frees all batches. */
  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    plan.cancel();
    for (Slot slot : slots) {
      slot.wake();
    }
    boolean interrupted = Thread.interrupted();
    for (Thread reader : readers) {
      while (reader.isAlive()) {
        try {
          reader.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (previous != null) {
      previous.close();
    }
    if (current != null) {
      current.close();
    }
  }

  @Override
  public String toString() {
    return "epoch "
        + plan.epoch()
        + ", batch "
        + next
        + " of "
        + batches
        + (open ? "" : ", closed");
  }
}

package io.cortado.optim;

import io.cortado.DType;
import io.cortado.GradientRows;
import io.cortado.Scope;
import io.cortado.Shape;
import io.cortado.backend.Backend;
import io.cortado.backend.Buffer;
import io.cortado.internal.DeviceCounter;
import io.cortado.nn.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Neighbouring parameters that are updated together, and what their update reads of the device. */
final class Run {

  /** The number of steps of those who do not count them. */
  static final long UNCOUNTED = -1;

  /** The number of rows of a step that changes whole parameters. */
  static final int ALL_ROWS = -1;

  /** What slices that are written start at multiples of. */
  private static final int ALIGNMENT = 64;

  private final Backend backend;
  private final ParameterStore store;
  private final float[] hyper;
  private final float[] uploaded;
  private final Buffer deviceHyper;
  private final Buffer deviceNumbers;
  private final DeviceCounter deviceStep;
  private final int kept;
  private boolean everSkippable;
  @Nullable Buffer skip;

  /** What an optimizer made for this run, to use it again. */
  @Nullable RunCalls calls;

  final int first;
  final int end;
  final long size;
  final Buffer values;
  final Buffer gradients;
  final List<Buffer> state;

  /** The rows that it changes; null for a run that changes all. */
  final @Nullable RowsStep rows;

  /** The numbers kept from step to step, then those computed of them. */
  final List<Buffer> numbers;

  /**
   * What the optimizer's runs are made of.
   *
   * @param hyperCount how many numbers the host sets
   * @param kept the numbers kept from step to step, as they are before this run's first
   * @param shared how many numbers are computed of these at each step
   * @param flat the flat buffers of the state
   * @param rows the rows of its one parameter that a step is to change; null for all
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Layout(
      int hyperCount, float[] kept, int shared, List<Buffer> flat, @Nullable GradientRows rows) {}

  Run(ParameterStore s, int first, int end, Layout layout) {
    this.store = s;
    this.backend = s.device().backend();
    this.first = first;
    this.end = end;
    long offset = s.parameters().get(first).offset();
    this.size = s.end(end - 1) - offset;
    this.values = backend.slice(s.values(), offset, size);
    this.gradients = backend.slice(s.gradients(), offset, size);
    this.state = layout.flat().stream().map(b -> backend.slice(b, offset, size)).toList();
    GradientRows listed = layout.rows();
    this.rows = listed == null ? null : new RowsStep(s.device().root(), listed, tables());
    this.hyper = new float[layout.hyperCount()];
    this.uploaded = new float[layout.hyperCount()];
    Arrays.fill(uploaded, Float.NaN);
    Scope scope = s.device().root();
    this.deviceHyper = scope.scratch(DType.FLOAT32, Math.max(1, layout.hyperCount()));
    this.deviceStep = new DeviceCounter(backend, scope.scratch(DType.INT32, DeviceCounter.WORDS));
    this.kept = layout.kept().length;
    int count = kept + layout.shared();
    this.deviceNumbers = scope.scratch(DType.FLOAT32, (long) Math.max(1, count) * ALIGNMENT);
    List<Buffer> slices = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      slices.add(backend.slice(deviceNumbers, (long) i * ALIGNMENT, 1));
    }
    this.numbers = List.copyOf(slices);
    for (int i = 0; i < kept; i++) {
      backend.upload(layout.kept(), i, numbers.get(i), 0, 1);
    }
  }

  private List<Buffer> tables() {
    List<Buffer> tables = new ArrayList<>(List.of(values));
    tables.addAll(state);
    tables.add(gradients);
    return tables;
  }

  /** Says what decides on the device whether the next step happens; null for one that does. */
  void skip(@Nullable Buffer flag) {
    skip = flag;
    everSkippable |= flag != null;
  }

  /** Says whether any step so far may have been skipped, so that the device alone has the count. */
  boolean isEverSkippable() {
    return everSkippable;
  }

  /** Returns how many rows its next step changes, or {@link #ALL_ROWS}. */
  int rowCount() {
    return rows == null ? ALL_ROWS : rows.count();
  }

  /** Returns the shape of what a step computes. */
  Shape stepShape() {
    return rows == null ? shape() : rows.shape();
  }

  /** Returns what a step computes with: the parameters, their state, and their gradients. */
  List<Buffer> stepBuffers() {
    return rows == null ? tables() : rows.copies();
  }

  Backend backend() {
    return backend;
  }

  /** Returns the shape of the flat slices, whose length may be more than one extent counts. */
  Shape shape() {
    return Shape.of(Math.toIntExact(size / ALIGNMENT), ALIGNMENT);
  }

  void hyper(int index, double value) {
    hyper[index] = (float) value;
  }

  /** Returns the numbers set by {@link #hyper(int, double)} in device memory. */
  Buffer hyper() {
    return deviceHyper;
  }

  /** Returns each of these numbers by itself. */
  List<Buffer> hypers() {
    List<Buffer> each = new ArrayList<>();
    for (int i = 0; i < hyper.length; i++) {
      each.add(backend.slice(deviceHyper, i, 1));
    }
    return each;
  }

  /**
   * Copies to the device what it does not know yet: hyper-parameters when one of them has changed,
   * and the number of steps if somebody set it.
   */
  void upload(long step) {
    if (!Arrays.equals(hyper, uploaded)) {
      backend.upload(hyper, 0, deviceHyper, 0, hyper.length);
      System.arraycopy(hyper, 0, uploaded, 0, hyper.length);
    }
    if (step != UNCOUNTED) {
      deviceStep.set(step);
    }
  }

  /** Counts a step on the device, and returns its number, from 1. */
  Buffer nextStep() {
    if (store.device().recordingGraph() == null) {
      deviceStep.advance(skip);
    } else {
      deviceStep.record(skip);
    }
    return deviceStep.buffer();
  }

  /** Returns the device's count of steps; waits for it. */
  long stepsTaken() {
    return deviceStep.read();
  }

  /** Returns the numbers kept from step to step; waits for the device. */
  float[] kept() {
    float[] values = new float[kept];
    for (int i = 0; i < kept; i++) {
      backend.download(numbers.get(i), 0, values, i, 1);
    }
    return values;
  }

  void replayed(boolean counted) {
    if (counted) {
      deviceStep.advanced();
    }
  }

  void free() {
    Scope scope = store.device().root();
    if (rows != null) {
      rows.free();
    }
    scope.free(deviceHyper);
    scope.free(deviceNumbers);
    scope.free(deviceStep.buffer());
  }
}

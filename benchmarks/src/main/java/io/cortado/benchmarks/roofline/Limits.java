package io.cortado.benchmarks.roofline;

import io.cortado.cpu.parallel.Workers;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops that bound every kernel, written as the kernels are: in Java, by the Vector API.
 *
 * <p>Memory is counted as STREAM counts it: each float read and each float written once. A line
 * that is written without having been read is fetched all the same, because Java has no stores that
 * pass the caches by; that fetch counts for nothing here and there.
 */
final class Limits implements AutoCloseable {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LENGTH = SPECIES.length();

  /** Parts begin at multiples of so many floats, so that no two threads share a cache line. */
  private static final int GRAIN = 1024;

  /** Floats from which on a thread's part is in memory, and is walked from several places. */
  private static final int FAR = 1 << 20;

  private static final long WARM_UP_NANOS = 300_000_000;
  private static final int FMA_ROUNDS = 4096;
  private static final int CHAINS = 12;

  private final Workers workers;
  private final float[] x;
  private final float[] y;
  private final float[] z;
  private final float[] sums;

  /**
   * Makes the arrays.
   *
   * @param elements floats of each array
   */
  Limits(int threads, int elements) {
    workers = new Workers(threads);
    x = new float[elements];
    y = new float[elements];
    z = new float[elements];
    sums = new float[GRAIN * threads];
  }

  /**
   * Runs one bound's loop.
   *
   * @param n elements of each array; ignored by {@link Bound#FMA}
   */
  void run(Bound bound, int n) {
    int parts = workers.count();
    if (bound == Bound.FMA) {
      workers.run(parts, (part, worker) -> sums[part * GRAIN] = fma(FMA_ROUNDS, 1e-9f * part));
      return;
    }
    int size = Math.ceilDiv(Math.ceilDiv(n, parts), GRAIN) * GRAIN;
    workers.run(
        parts,
        (part, worker) -> {
          int from = Math.min(n, part * size);
          int to = Math.min(n, from + size);
          switch (bound) {
            case READ -> sums[part * GRAIN] = read(from, to, x);
            case COPY -> copy(from, to, x, y);
            case TRIAD -> triad(from, to, x, y, 1e-9f, z);
            case UPDATE -> triad(from, to, y, x, 1e-9f, y);
            case FMA -> throw new IllegalStateException();
          }
        });
  }

  /** Gives the compiler its time with every loop. */
  void warmUp() {
    for (Bound bound : Bound.values()) {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < WARM_UP_NANOS) {
        run(bound, GRAIN * workers.count());
        run(bound, Math.min(FAR * workers.count(), x.length));
      }
    }
  }

  /** Returns the operations of one run of {@link Bound#FMA}, all threads. */
  double fmaFlops() {
    return 2.0 * FMA_ROUNDS * CHAINS * LENGTH * workers.count();
  }

  /** From memory four places at once: nearly twice as fast as one. */
  private static float read(int from, int to, float[] x) {
    boolean far = to - from >= FAR;
    int apart = far ? (to - from) / 4 : LENGTH;
    int step = far ? LENGTH : 4 * LENGTH;
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = from, end = far ? from + apart : to; i <= end - step; i += step) {
      s0 = s0.add(FloatVector.fromArray(SPECIES, x, i));
      s1 = s1.add(FloatVector.fromArray(SPECIES, x, i + apart));
      s2 = s2.add(FloatVector.fromArray(SPECIES, x, i + 2 * apart));
      s3 = s3.add(FloatVector.fromArray(SPECIES, x, i + 3 * apart));
    }
    return s0.add(s1).add(s2.add(s3)).lane(0);
  }

  /** From memory two places at once: up to a quarter faster than one. */
  private static void copy(int from, int to, float[] x, float[] y) {
    if (to - from < FAR) {
      for (int i = from; i <= to - LENGTH; i += LENGTH) {
        FloatVector.fromArray(SPECIES, x, i).intoArray(y, i);
      }
      return;
    }
    int apart = (to - from) / 2;
    for (int i = from, end = from + apart - LENGTH; i <= end; i += LENGTH) {
      FloatVector.fromArray(SPECIES, x, i).intoArray(y, i);
      FloatVector.fromArray(SPECIES, x, i + apart).intoArray(y, i + apart);
    }
  }

  private static void triad(int from, int to, float[] x, float[] y, float a, float[] z) {
    FloatVector factor = FloatVector.broadcast(SPECIES, a);
    if (to - from < FAR) {
      for (int i = from; i <= to - LENGTH; i += LENGTH) {
        FloatVector v = FloatVector.fromArray(SPECIES, y, i);
        v.fma(factor, FloatVector.fromArray(SPECIES, x, i)).intoArray(z, i);
      }
      return;
    }
    int apart = (to - from) / 2;
    for (int i = from, end = from + apart - LENGTH; i <= end; i += LENGTH) {
      int j = i + apart;
      FloatVector v = FloatVector.fromArray(SPECIES, y, i);
      FloatVector w = FloatVector.fromArray(SPECIES, y, j);
      v.fma(factor, FloatVector.fromArray(SPECIES, x, i)).intoArray(z, i);
      w.fma(factor, FloatVector.fromArray(SPECIES, x, j)).intoArray(z, j);
    }
  }

  /**
   * Twelve chains: more than latency times units, and each in a register. The sum is what is added
   * to, as in a product: where it is multiplied, C2 copies the addend first, and with 16 registers
   * that halves it.
   */
  private static float fma(int rounds, float seed) {
    FloatVector a = FloatVector.broadcast(SPECIES, 1f - seed);
    FloatVector b = FloatVector.broadcast(SPECIES, 1e-3f);
    FloatVector s0 = FloatVector.broadcast(SPECIES, seed);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    FloatVector s8 = s0;
    FloatVector s9 = s0;
    FloatVector s10 = s0;
    FloatVector s11 = s0;
    for (int i = 0; i < rounds; i++) {
      s0 = a.fma(b, s0);
      s1 = a.fma(b, s1);
      s2 = a.fma(b, s2);
      s3 = a.fma(b, s3);
      s4 = a.fma(b, s4);
      s5 = a.fma(b, s5);
      s6 = a.fma(b, s6);
      s7 = a.fma(b, s7);
      s8 = a.fma(b, s8);
      s9 = a.fma(b, s9);
      s10 = a.fma(b, s10);
      s11 = a.fma(b, s11);
    }
    return s0.add(s1)
        .add(s2.add(s3))
        .add(s4.add(s5).add(s6.add(s7)))
        .add(s8.add(s9).add(s10.add(s11)))
        .lane(0);
  }

  @Override
  public void close() {
    workers.close();
  }
}

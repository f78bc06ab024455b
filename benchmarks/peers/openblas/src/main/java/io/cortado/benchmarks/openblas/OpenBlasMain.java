package io.cortado.benchmarks.openblas;

import io.cortado.benchmarks.sides.SideProcess;

/** The process of OpenBLAS's side. */
public final class OpenBlasMain {

  private OpenBlasMain() {}

  /** Runs a job; see {@link SideProcess}. */
  public static void main(String[] args) {
    SideProcess.run(new OpenBlasSide(), System.out, args);
  }
}

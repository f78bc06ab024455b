package io.cortado.benchmarks.cortado;

import io.cortado.benchmarks.sides.SideProcess;

/** The process of Cortado's side. */
public final class CortadoMain {

  private CortadoMain() {}

  /** Runs a job; see {@link SideProcess}. */
  public static void main(String[] args) {
    SideProcess.run(new CortadoSide(), System.out, args);
  }
}

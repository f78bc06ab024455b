package io.cortado.benchmarks.dl4j;

import io.cortado.benchmarks.sides.SideProcess;

/** The process of DL4J's side. */
public final class Dl4jMain {

  private Dl4jMain() {}

  /** Runs a job; see {@link SideProcess}. */
  public static void main(String[] args) {
    SideProcess.run(new Dl4jSide(), System.out, args);
  }
}

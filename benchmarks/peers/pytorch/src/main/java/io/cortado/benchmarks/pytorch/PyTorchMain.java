package io.cortado.benchmarks.pytorch;

import io.cortado.benchmarks.sides.SideProcess;

/** The process of PyTorch's side. */
public final class PyTorchMain {

  private PyTorchMain() {}

  /** Runs a job; see {@link SideProcess}. */
  public static void main(String[] args) {
    SideProcess.run(new PyTorchSide(), System.out, args);
  }
}

package io.cortado.models.cli;

import java.io.Console;

/** Says whether somebody is looking. */
final class Terminal {

  private Terminal() {}

  /** Says whether input and output both are a terminal. */
  static boolean isOne() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}

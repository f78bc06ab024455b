package io.cortado.models.classify;

import picocli.CommandLine.Option;

/** In how many ways a user wants test pictures to be looked at. */
public final class ViewOptions {

  @Option(
      names = "--views",
      paramLabel = "N",
      converter = Views.Count.class,
      description =
          "How often each test picture is looked at: 1, 2 (mirrored too) or 10 (corners too); the answers are averaged (default: 1).")
  private Views views = Views.ONE;

  /** Returns them. */
  public Views views() {
    return views;
  }
}

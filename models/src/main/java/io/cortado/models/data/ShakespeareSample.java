package io.cortado.models.data;

import java.util.Optional;

/** The first 100,000 characters of {@link TinyShakespeare}. They come with this module. */
public final class ShakespeareSample implements TextDataSet {

  private static final About ABOUT =
      new About(
          "shakespeare-sample",
          "the beginning of tiny-shakespeare, to try models of characters",
          "100,000 characters",
          "Andrej Karpathy: char-rnn (2015), of plays by William Shakespeare",
          "public domain");

  @Override
  public About about() {
    return ABOUT;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return Optional.of("comes with Cortado");
  }

  @Override
  public void fetch(DataHome home) {
    // Nothing to bring: it is in the jar.
  }

  @Override
  public String text(DataHome home) {
    return Resources.text(home.readsResource("shakespeare-sample/input.txt.gz"));
  }
}

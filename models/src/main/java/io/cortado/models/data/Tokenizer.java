package io.cortado.models.data;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Cuts texts into what a model reads one by one. */
public enum Tokenizer {
  /**
   * Words in small letters, such as {@code don't}, and each {@code !} and {@code ?}; all else, and
   * marks of HTML, only separates. A letter and its marks are one, however they are written, and so
   * are the typewriter's apostrophe and the printer's.
   */
  WORDS {
    @Override
    public List<String> tokens(String text) {
      String plain = TAG.matcher(text).replaceAll(" ").toLowerCase(Locale.ROOT);
      // Small letters first: they may come apart into a letter and a mark.
      String composed = Normalizer.normalize(plain, Normalizer.Form.NFC);
      return WORD.matcher(composed.replace(PRINTED_APOSTROPHE, '\''))
          .results()
          .map(MatchResult::group)
          .toList();
    }

    @Override
    public String join(List<String> tokens) {
      return String.join(" ", tokens);
    }
  },

  /** Characters in small letters: Unicode code points. */
  CHARACTERS {
    @Override
    public List<String> tokens(String text) {
      return text.toLowerCase(Locale.ROOT).codePoints().mapToObj(Character::toString).toList();
    }

    @Override
    public String join(List<String> tokens) {
      return String.join("", tokens);
    }
  };

  private static final Pattern TAG = Pattern.compile("<[^<>]{1,200}>");
  private static final String RUN = "[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}]*";
  private static final Pattern WORD = Pattern.compile(RUN + "(?:'" + RUN + ")*|[!?]");
  private static final char PRINTED_APOSTROPHE = '\u2019';

  /** Returns a text's parts in their order. */
  public abstract List<String> tokens(String text);

  /** Puts parts together to a text that {@link #tokens} cuts into them again. */
  public abstract String join(List<String> tokens);
}

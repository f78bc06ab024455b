package io.cortado.train;

import io.cortado.io.FileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The results of all epochs as a checkpoint's texts keep them: one text for each kind of number,
 * one word in it for each epoch.
 *
 * <p>So an epoch adds its numbers to a checkpoint, and no names. Version 1 had a text for each
 * number.
 */
final class EpochHistory {

  private static final String PREFIX = "history.";
  private static final String VALUE = PREFIX + "value.";
  private static final String LR = "lr";
  private static final String STEPS = "steps";
  private static final String SAMPLES = "samples";
  private static final String TRAIN_SECONDS = "train_seconds";
  private static final String SECONDS = "seconds";

  /** Stands where an epoch has no number of this name. */
  private static final String NONE = "-";

  private EpochHistory() {}

  static void capture(List<EpochResult> epochs, StateTexts texts) {
    if (epochs.isEmpty()) {
      return;
    }
    column(epochs, PREFIX + LR, EpochResult::lr, texts);
    column(epochs, PREFIX + STEPS, EpochResult::steps, texts);
    column(epochs, PREFIX + SAMPLES, EpochResult::samples, texts);
    column(epochs, PREFIX + TRAIN_SECONDS, EpochResult::trainSeconds, texts);
    column(epochs, PREFIX + SECONDS, EpochResult::seconds, texts);
    Set<String> names = new LinkedHashSet<>();
    epochs.forEach(e -> names.addAll(e.values().keySet()));
    for (String name : names) {
      column(epochs, VALUE + name, e -> e.values().containsKey(name) ? e.value(name) : NONE, texts);
    }
  }

  private static void column(
      List<EpochResult> epochs, String key, Function<EpochResult, Object> of, StateTexts texts) {
    texts.put(key, epochs.stream().map(of).map(Object::toString).collect(Collectors.joining(" ")));
  }

  /**
   * Returns the epochs that were done in a run before the checkpoint.
   *
   * @throws FileException if a text is missing, has too few or too many words, or one that is no
   *     number
   */
  static List<EpochResult> of(StateTexts texts, Position at) {
    int epochs = at.epochsDone() - at.epochsBefore();
    if (texts.count(StoredCheckpoint.VERSION_KEY) == 1) {
      return singly(texts, at);
    }
    if (epochs == 0) {
      return List.of();
    }
    StateTexts[] each = new StateTexts[words(texts, PREFIX + LR, epochs).length];
    for (int i = 0; i < epochs; i++) {
      each[i] = new StateTexts(texts.source(), new LinkedHashMap<>());
    }
    for (String key : texts.under(PREFIX).keySet()) {
      String[] words = words(texts, PREFIX + key, epochs);
      for (int i = 0; i < epochs; i++) {
        if (!words[i].equals(NONE)) {
          each[i].put(PREFIX + key, words[i]);
        }
      }
    }
    List<EpochResult> history = new ArrayList<>();
    for (StateTexts one : each) {
      history.add(epoch(one, PREFIX, at.epochsBefore() + history.size() + 1));
    }
    return history;
  }

  private static String[] words(StateTexts texts, String key, int epochs) {
    String[] words = texts.text(key).split(" ", -1);
    if (words.length != epochs) {
      throw FileException.of(
          texts.source(),
          "says " + words.length + " numbers for " + key + ", and " + epochs + " epochs were done",
          "use another checkpoint");
    }
    return words;
  }

  /** Reads what version 1 wrote: {@code history.7.lr}. */
  private static List<EpochResult> singly(StateTexts texts, Position at) {
    List<EpochResult> history = new ArrayList<>();
    for (int epoch = at.epochsBefore() + 1; epoch <= at.epochsDone(); epoch++) {
      history.add(epoch(texts, PREFIX + epoch + ".", epoch));
    }
    return history;
  }

  private static EpochResult epoch(StateTexts texts, String prefix, int epoch) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (String name : texts.under(prefix + "value.").keySet()) {
      values.put(name, texts.number(prefix + "value." + name));
    }
    return new EpochResult(
        epoch,
        values,
        texts.number(prefix + LR),
        texts.count(prefix + STEPS),
        texts.whole(prefix + SAMPLES),
        texts.number(prefix + TRAIN_SECONDS),
        texts.number(prefix + SECONDS));
  }
}

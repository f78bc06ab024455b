package io.cortado.tck;

import static java.util.stream.Collectors.groupingBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;

/** The layers' section of the page that compares this project with PyTorch. */
final class TorchLayersPage {

  private static final String CLASSES = "torch/classes.txt";

  private TorchLayersPage() {}

  /**
   * Appends the section: a row for each class of torch.nn but its losses.
   *
   * @param results the comparisons on each backend, by its name
   * @param losses the classes that have a row in another section
   */
  static void append(
      StringBuilder page,
      SequencedMap<String, List<TorchLayerComparison>> results,
      Set<String> losses) {
    page.append(
        """

        ## Layers

        All other classes of torch.nn 1.13.1, in the order of its own list. The value's error is that of the outputs and of the
        state afterwards, such as running means; the gradient's that of inputs and parameters. The cases are recorded by
        `framework-tck/src/main/python/record_layers.py` and its neighbours. PyTorch 2.13.0 has been asked for the cases of
        `record_layers.py` too (2026-11-29): all 2,109 tensors, inputs among them, are the same to the bit.
        """);
    appendHeader(page, results.sequencedKeySet());
    List<Map<String, List<TorchLayerComparison>>> byClass =
        results.values().stream()
            .map(r -> r.stream().collect(groupingBy(TorchLayerComparison::torchClass)))
            .toList();
    List<String> classes = classes();
    for (String torchClass : classes) {
      if (!losses.contains(torchClass)) {
        appendRow(page, torchClass, byClass);
      }
    }
    page.append(
        "\nFunctions, and classes of later versions, compared with what they are composed of:\n");
    appendHeader(page, results.sequencedKeySet());
    Set<String> later = new TreeSet<>(byClass.getFirst().keySet());
    classes.forEach(later::remove);
    later.forEach(torchClass -> appendRow(page, torchClass, byClass));
  }

  private static void appendHeader(StringBuilder page, SequencedSet<String> backends) {
    page.append("\n| torch.nn | io.cortado.nn | cases |");
    backends.forEach(b -> page.append(" %s: value | gradient |".formatted(b)));
    page.append("\n| --- | --- | ---: |").repeat(" ---: | ---: |", backends.size()).append('\n');
  }

  /** Returns the names of torch.nn's classes, as its own list has them. */
  static List<String> classes() {
    try (InputStream in = TorchLayersPage.class.getResourceAsStream(CLASSES)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + CLASSES);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + CLASSES, e);
    }
  }

  private static void appendRow(
      StringBuilder page,
      String torchClass,
      List<Map<String, List<TorchLayerComparison>>> backends) {
    List<TorchLayerComparison> first = backends.getFirst().get(torchClass);
    if (first == null) {
      String elsewhere = TorchLayerNotes.ELSEWHERE.get(torchClass);
      String reason = TorchLayerNotes.ABSENT.getOrDefault(torchClass, "not made yet");
      String text = elsewhere == null ? "absent: " + reason : elsewhere;
      page.append("| %s | %s | |".formatted(torchClass, text));
      page.repeat(" | |", backends.size()).append('\n');
      return;
    }
    page.append("| %s | %s | %d |".formatted(torchClass, first.getFirst().ours(), first.size()));
    for (Map<String, List<TorchLayerComparison>> backend : backends) {
      double value = 0;
      double gradient = 0;
      for (TorchLayerComparison c : backend.getOrDefault(torchClass, List.of())) {
        value = Math.max(value, c.valueError());
        gradient = Math.max(gradient, c.gradientError());
      }
      page.append(String.format(Locale.ROOT, " %.1e | %.1e |", value, gradient));
    }
    page.append('\n');
  }
}

package io.cortado.tck;

import io.cortado.Device;
import io.cortado.backend.Backend;
import io.cortado.tck.TorchLosses.Comparison;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The page that compares this project with PyTorch, out of a run.
 *
 * <p>Its command, which the page names too, is a test of {@code framework-cuda}, which alone has
 * all backends.
 */
public final class TorchPage {

  /** torch.nn's losses, in the order of PyTorch's documentation. */
  private static final List<String> LOSSES =
      List.of(
          "L1Loss",
          "MSELoss",
          "CrossEntropyLoss",
          "CTCLoss",
          "NLLLoss",
          "PoissonNLLLoss",
          "GaussianNLLLoss",
          "KLDivLoss",
          "BCELoss",
          "BCEWithLogitsLoss",
          "MarginRankingLoss",
          "HingeEmbeddingLoss",
          "MultiLabelMarginLoss",
          "HuberLoss",
          "SmoothL1Loss",
          "SoftMarginLoss",
          "MultiLabelSoftMarginLoss",
          "CosineEmbeddingLoss",
          "MultiMarginLoss",
          "TripletMarginLoss",
          "TripletMarginWithDistanceLoss");

  /** Losses that torch.nn has not, compared with what is composed of its functions. */
  private static final List<String> COMPOSED =
      List.of(
          "InfoNCELoss",
          "NTXentLoss",
          "FocalLoss",
          "DiceLoss",
          "HingeLoss",
          "GaussianKLLoss",
          "TotalVariationLoss");

  private TorchPage() {}

  /**
   * Runs the comparisons and returns the page.
   *
   * @param backends what opens each backend, by the name that the page gives it
   */
  public static String of(SequencedMap<String, Supplier<Backend>> backends, String command) {
    Map<String, Map<String, List<Comparison>>> results = new TreeMap<>();
    SequencedMap<String, List<TorchLayerComparison>> layers = new LinkedHashMap<>();
    backends.forEach((name, open) -> {
      try (Device device = Device.of(open.get())) {
        results.put(
            name,
            TorchLosses.compareAll(device).stream()
                .collect(Collectors.groupingBy(Comparison::torchClass)));
        layers.put(name, TorchLayerComparison.compareAll(device));
      }
    });
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Compared with PyTorch

        This page is made by a command from a run, not by hand:

            %s

        Each case is a combination of options and inputs, the extreme ones among them, recorded from PyTorch 1.13.1 by
        `framework-tck/src/main/python/record_losses.py`. What is given is the largest relative error of a class's cases: of the
        value and of all gradients. The conformance kit fails above 1e-5 and 1e-4. NaN and infinities have to be PyTorch's. A number that is
        small beside the largest of its tensor and beside 1 is measured by the smaller of these two.

        ## Losses

        """
            .formatted(command));
    List<Map<String, List<Comparison>>> inOrder =
        backends.sequencedKeySet().stream().map(results::get).toList();
    appendHeader(page, List.copyOf(backends.sequencedKeySet()));
    LOSSES.forEach(loss -> appendRow(page, loss, loss, inOrder));
    COMPOSED.forEach(loss -> appendRow(page, "(composed)", loss, inOrder));
    appendDifferences(page, results.values().iterator().next());
    TorchLayersPage.append(page, layers, Set.copyOf(LOSSES));
    return page.toString();
  }

  private static void appendHeader(StringBuilder page, List<String> backends) {
    page.append("| torch.nn | io.cortado.loss | cases |");
    backends.forEach(b -> page.append(" %s: value | gradient |".formatted(b)));
    page.append("\n| --- | --- | ---: |").repeat(" ---: | ---: |", backends.size()).append('\n');
  }

  private static void appendRow(
      StringBuilder page, String torch, String loss, List<Map<String, List<Comparison>>> results) {
    List<Comparison> first = results.getFirst().get(loss);
    if (first == null) {
      throw new AssertionError("no recorded cases of " + loss);
    }
    page.append("| %s | %s | %d |".formatted(torch, loss, first.size()));
    for (Map<String, List<Comparison>> backend : results) {
      double value = 0;
      double gradient = 0;
      for (Comparison c : backend.getOrDefault(loss, List.of())) {
        if (c.reason().isEmpty()) {
          value = Math.max(value, c.valueError());
          gradient = Math.max(gradient, c.gradientError());
        }
      }
      page.append(String.format(Locale.ROOT, " %.1e | %.1e |", value, gradient));
    }
    page.append('\n');
  }

  private static void appendDifferences(
      StringBuilder page, Map<String, List<Comparison>> comparisons) {
    page.append("\nOn purpose different, and not in these figures:\n\n");
    comparisons.values().stream()
        .flatMap(List::stream)
        .filter(c -> !c.reason().isEmpty())
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .forEach(c -> page.append("- `%s`: %s.\n".formatted(c.name(), c.reason())));
  }
}

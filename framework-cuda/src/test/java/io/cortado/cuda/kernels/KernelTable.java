package io.cortado.cuda.kernels;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What kernels need, by file, kernel and architecture. */
final class KernelTable {

  private record Row(String file, String kernel) implements Comparable<Row> {
    @Override
    public int compareTo(Row other) {
      int byFile = file.compareTo(other.file);
      return byFile != 0 ? byFile : kernel.compareTo(other.kernel);
    }
  }

  private final List<Integer> architectures;
  private final Map<Row, Map<Integer, KernelUsage>> rows = new TreeMap<>();

  KernelTable(List<Integer> architectures) {
    this.architectures = architectures;
  }

  void add(String file, int architecture, KernelUsage usage) {
    rows.computeIfAbsent(new Row(file, usage.kernel()), _ -> new TreeMap<>())
        .put(architecture, usage);
  }

  /** Returns this as a table of Markdown. */
  String markdown() {
    StringBuilder text = new StringBuilder("| file | kernel | shared memory |");
    architectures.forEach(a -> text.append(" sm_").append(a).append(" |"));
    text.append("\n| --- | --- | --- |").append(" --- |".repeat(architectures.size())).append('\n');
    rows.forEach((row, usages) -> {
      text.append("| ").append(row.file).append(" | `").append(row.kernel).append("` | ");
      text.append(shared(usages)).append(" |");
      architectures.forEach(a -> text.append(cell(usages.get(a))));
      text.append('\n');
    });
    return text.toString();
  }

  private static String shared(Map<Integer, KernelUsage> usages) {
    return usages.values().stream()
        .map(KernelUsage::shared)
        .distinct()
        .sorted()
        .map(bytes -> bytes == 0 ? "" : bytes + " B")
        .collect(Collectors.joining(" / "));
  }

  private static String cell(KernelUsage usage) {
    String stack = usage.stack() == 0 ? "" : " +" + usage.stack() + " B";
    String spilled = usage.spilled() == 0 ? "" : " spills " + usage.spilled() + " B";
    return " " + usage.registers() + stack + spilled + " |";
  }
}

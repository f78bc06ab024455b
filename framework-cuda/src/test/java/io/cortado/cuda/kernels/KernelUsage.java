package io.cortado.cuda.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one kernel needs on one architecture.
 *
 * @param registers per thread
 * @param shared bytes of shared memory per block
 * @param stack bytes of local memory per thread
 * @param spilled bytes of stores and loads of registers that there was no room for
 */
record KernelUsage(String kernel, int registers, int shared, int stack, int spilled) {

  private static final Pattern KERNEL =
      Pattern.compile(
          "Compiling entry function '(\\w+)'.*?(\\d+) bytes stack frame, (\\d+) bytes spill stores, "
              + "(\\d+) bytes spill loads.*?Used (\\d+) registers([^\\n]*)",
          Pattern.DOTALL);
  private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

  /** Lines of the assembler's report; all others are warnings or errors. */
  private static final Pattern REPORT = Pattern.compile("ptxas (info|        \\.).*|\\s*");

  /** Reads the report of the assembler. */
  static List<KernelUsage> read(String log) {
    List<KernelUsage> all = new ArrayList<>();
    Matcher kernel = KERNEL.matcher(log);
    while (kernel.find()) {
      Matcher shared = SHARED.matcher(kernel.group(6));
      all.add(
          new KernelUsage(
              kernel.group(1),
              Integer.parseInt(kernel.group(5)),
              shared.find() ? Integer.parseInt(shared.group(1)) : 0,
              Integer.parseInt(kernel.group(2)),
              Integer.parseInt(kernel.group(3)) + Integer.parseInt(kernel.group(4))));
    }
    return all;
  }

  /** Returns what is in a compiler's log beside the report. */
  static List<String> complaints(String log) {
    return log.lines()
        .filter(line -> !REPORT.matcher(line).matches())
        .filter(line -> !line.matches("    \\d+ bytes stack frame,.*"))
        .toList();
  }
}

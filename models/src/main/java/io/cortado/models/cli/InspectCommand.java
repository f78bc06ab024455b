package io.cortado.models.cli;

import io.cortado.Shape;
import io.cortado.io.ModelDescription;
import io.cortado.io.NpyArray;
import io.cortado.io.NpzFile;
import io.cortado.io.SafetensorsEntry;
import io.cortado.io.SafetensorsFile;
import io.cortado.io.Weights;
import io.cortado.models.onnx.OnnxSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado inspect}. */
@Command(
    name = "inspect",
    description =
        "Says what is in a file of weights (safetensors, .npy, .npz or ONNX), in a checkpoint, or in the checkpoints of a run.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  cortado inspect runs/first/weights.safetensors"})
final class InspectCommand implements Callable<Integer> {

  /** Longer texts of a file's metadata are cut. */
  private static final int TEXT = 100;

  /** A line about a tensor. */
  private record Row(String name, String type, String shape) {}

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FILE", description = "The file or folder.")
  private Path file;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (Files.isDirectory(file)) {
      new CheckpointReport(out).print(file);
      out.flush();
      return 0;
    }
    switch (FileKind.of(file)) {
      case SAFETENSORS -> safetensors(out);
      case NPY -> {
        NpyArray a = NpyArray.open(file);
        out.println("kind       .npy" + (a.isFortranOrder() ? ", in Fortran's order" : ""));
        table(out, List.of(row(a)));
      }
      case NPZ -> {
        try (NpzFile in = NpzFile.open(file)) {
          out.println("kind       .npz");
          table(out, in.arrays().values().stream().map(InspectCommand::row).toList());
        }
      }
      case ONNX -> onnx(out);
    }
    out.flush();
    return 0;
  }

  private void safetensors(PrintWriter out) {
    try (SafetensorsFile in = SafetensorsFile.open(file)) {
      out.println("kind       safetensors");
      metadata(out, in.metadata());
      List<Row> rows = new ArrayList<>();
      long elements = 0;
      for (SafetensorsEntry e : in.entries().values()) {
        rows.add(new Row(e.name(), e.type().name(), e.shape().toString()));
        elements += e.shape().size();
      }
      out.printf("elements   %,d%n", elements);
      table(out, rows);
    }
  }

  private void onnx(PrintWriter out) {
    OnnxSummary s = OnnxSummary.read(file);
    out.printf("kind       ONNX, opset %d, by %s%n", s.opset(), line(s.producer()));
    metadata(out, s.metadata());
    out.println("operators  " + line(s.operators().toString()));
    s.inputs().forEach(v -> out.println("input      " + line(v.name()) + " " + shape(v)));
    s.outputs().forEach(v -> out.println("output     " + line(v.name()) + " " + shape(v)));
    table(out, s.weights().stream().map(v -> new Row(v.name(), v.type(), shape(v))).toList());
  }

  private static String shape(OnnxSummary.Value v) {
    return "[" + line(String.join(", ", v.dims())) + "]";
  }

  private void metadata(PrintWriter out, Map<String, String> metadata) {
    for (Map.Entry<String, String> e : metadata.entrySet()) {
      if (e.getKey().equals(Weights.MODEL)) {
        ModelDescription m = ModelDescription.parse(file.toString(), e.getValue());
        out.println("model      " + line(m.name()));
        if (!m.input().equals(Shape.scalar())) {
          out.println("input      " + m.input());
        }
        if (!m.classes().isEmpty()) {
          out.println("classes    " + line(String.join(", ", m.classes())));
        }
        m.options().forEach((k, v) -> out.printf("%-10s %s%n", line(k), line(v)));
      } else {
        out.printf("%-10s %s%n", line(e.getKey()), line(e.getValue()));
      }
    }
  }

  private static Row row(NpyArray a) {
    return new Row(a.name(), a.type().name(), a.shape().toString());
  }

  private static void table(PrintWriter out, List<Row> rows) {
    out.printf("tensors    %,d%n", rows.size());
    int name = rows.stream().mapToInt(r -> line(r.name).length()).max().orElse(1);
    int type = rows.stream().mapToInt(r -> r.type.length()).max().orElse(1);
    for (Row r : rows) {
      out.printf("  %-" + name + "s  %-" + type + "s  %s%n", line(r.name), r.type, r.shape);
    }
  }

  /** What a stranger's file says must not steer the terminal. */
  static String line(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > TEXT ? plain.substring(0, TEXT) + "..." : plain;
  }
}

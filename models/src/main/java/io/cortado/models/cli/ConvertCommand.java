package io.cortado.models.cli;

import io.cortado.DType;
import io.cortado.io.NpyArray;
import io.cortado.io.NpzFile;
import io.cortado.io.NpzWriter;
import io.cortado.io.SafetensorsEntry;
import io.cortado.io.SafetensorsFile;
import io.cortado.io.SafetensorsWriter;
import io.cortado.io.StoredType;
import io.cortado.models.InputException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cortado convert}. */
@Command(
    name = "convert",
    description = {
      "Brings tensors from one kind of file into another, between safetensors and .npz.",
      "Floats become float32, whole numbers int32."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  cortado convert runs/first/weights.safetensors weights.npz",
      "  cortado convert weights.npz weights.safetensors"
    })
final class ConvertCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FROM", description = "A safetensors or .npz file.")
  private Path from;

  @Parameters(
      index = "1",
      paramLabel = "TO",
      description = "The file to write; its name ends in .npz or .safetensors.")
  private Path to;

  @Option(names = "--round", description = "Round double precision to single.")
  private boolean round;

  @Override
  public void run() {
    String name = to.toString().toLowerCase(Locale.ROOT);
    FileKind kind = FileKind.of(from);
    int tensors;
    if (kind == FileKind.SAFETENSORS && name.endsWith(".npz")) {
      tensors = toNpz();
    } else if (kind == FileKind.NPZ && name.endsWith(".safetensors")) {
      tensors = toSafetensors();
    } else {
      throw new InputException(
          "%s is %s, and %s is to be written; convert goes from safetensors to .npz, or from .npz to .safetensors"
              .formatted(from, kind.name().toLowerCase(Locale.ROOT), to));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s: %,d tensors%n", to, tensors);
    out.flush();
  }

  private int toNpz() {
    NpzWriter writer = new NpzWriter();
    try (SafetensorsFile in = SafetensorsFile.open(from)) {
      for (SafetensorsEntry e : in.entries().values()) {
        check(e.name(), e.type());
        try {
          if (e.type().readAs() == DType.INT32) {
            writer.add(e.name(), in.ints(e.name()), e.shape().toArray());
          } else {
            writer.add(e.name(), in.floats(e.name()), e.shape().toArray());
          }
        } catch (IllegalArgumentException bad) { // a name that an archive must not have
          throw new InputException(from + ": " + bad.getMessage(), bad);
        }
      }
      writer.write(to);
      if (!in.metadata().isEmpty()) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("cortado: .npz has no place for metadata: left out " + in.metadata().keySet());
        err.flush();
      }
      return in.entries().size();
    }
  }

  private int toSafetensors() {
    SafetensorsWriter writer = new SafetensorsWriter();
    try (NpzFile in = NpzFile.open(from)) {
      for (NpyArray a : in.arrays().values()) {
        check(a.name(), a.type());
        if (a.type().readAs() == DType.INT32) {
          writer.add(a.name(), a.ints(), a.shape().toArray());
        } else {
          writer.add(a.name(), a.roundedFloats(), a.shape().toArray());
        }
      }
      writer.write(to);
      return in.arrays().size();
    }
  }

  private void check(String name, StoredType type) {
    @Nullable DType as = type.readAs();
    if (as == null) {
      throw new InputException(
          "%s: \"%s\" holds %s, which is not read; convert it where the file is made"
              .formatted(from, name, type));
    }
    if (type == StoredType.F64 && !round) {
      throw new InputException(
          "%s: \"%s\" holds double precision, of which single keeps 7 digits; give --round if that is enough"
              .formatted(from, name));
    }
  }
}

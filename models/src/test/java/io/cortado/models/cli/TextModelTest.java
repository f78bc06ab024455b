package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains models of characters by the command line, and lets them write. */
final class TextModelTest {

  private static final Pattern LOSS = Pattern.compile("validation loss +([0-9.]+)");

  @TempDir Path dir;

  @Test
  void aTextOfOnesOwnIsLearntAndWrittenOn() throws IOException {
    Path text = dir.resolve("text.txt");
    Files.writeString(text, "the cat sat on the mat.\n".repeat(300));
    Path out = dir.resolve("run");
    Cli.Result r =
        Cli.run(
            "train",
            "gru",
            "--text",
            text.toString(),
            "--hidden",
            "32",
            "--batch-size",
            "8",
            "--length",
            "16",
            "--epochs",
            "6",
            "--lr",
            "0.02",
            "--out",
            out.toString());
    assertThat(r.code()).as(r.err()).isZero();
    Matcher m = LOSS.matcher(r.out());
    assertThat(m.find()).as(r.out()).isTrue();
    assertThat(Double.parseDouble(m.group(1))).isLessThan(0.3);
    String weights = out.resolve("weights.safetensors").toString();
    Cli.Result written =
        Cli.run("predict", weights, "--prompt", "the c", "--length", "18", "--temperature", "0.2");
    assertThat(written.code()).as(written.err()).isZero();
    assertThat(written.out()).startsWith("the cat sat on the mat.");
    assertThat(Cli.run("predict", weights, "--prompt", "the dog").err())
        .contains("--prompt: character 5 is 'd'", "does not occur");
    assertThat(Cli.run("predict", weights, "--prompt", "the", "--temperature", "0").err())
        .contains("'0' is no temperature");
    assertThat(Cli.run("predict", weights).err())
        .contains("is of the model gru; say what is asked by --prompt");
  }

  @Test
  void badTextsAreNamed() throws IOException {
    Path text = dir.resolve("text.txt");
    Files.writeString(text, " \n");
    assertThat(train(text)).contains("is empty; give a text").doesNotContain("delete");
    Files.writeString(text, "too short");
    assertThat(train(text)).contains("only 9 characters");
    Files.write(text, new byte[] {'a', (byte) 0xE4, 'b'});
    assertThat(train(text)).contains("not in UTF-8");
    assertThat(train(dir.resolve("none.txt"))).contains("none.txt does not exist; check the path");
    assertThat(dir.resolve("run")).doesNotExist();
  }

  private String train(Path text) {
    Cli.Result r =
        Cli.run("train", "lstm", "--text", text.toString(), "--out", dir.resolve("run").toString());
    assertThat(r.code()).isNotZero();
    return r.err();
  }
}

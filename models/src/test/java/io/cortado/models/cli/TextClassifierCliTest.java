package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains classifiers of texts and word vectors by the command line, and asks them. */
final class TextClassifierCliTest {

  @TempDir Path dir;

  @Test
  void aFolderOfTextsIsLearntAndAsked() throws IOException {
    for (int i = 0; i < 60; i++) {
      write(
          "texts/weather/" + i + ".txt",
          "rain and wind number n" + i + " over the sea in the north");
      write(
          "texts/food/" + i + ".txt",
          "bread and soup number m" + i + " on the table in the kitchen");
    }
    write("texts/food/menu.pdf", "");
    String settings = "--batch-size 8 --epochs 8 --embedding 8 --filters 8 --lr 0.01";
    Path out = dir.resolve("run");
    Cli.Result r = learn(out, settings);
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out())
        .contains(
            "of food, weather", " tokens; without 1 file of another kind", "test accuracy  1.0000");
    assertThat(Files.readString(out.resolve("ngrams.txt"))).contains("weather", "food");
    assertThat(out.resolve("curve.png")).exists();
    // An average that stays at the weights of the first step has learnt nothing.
    assertThat(learn(dir.resolve("average"), settings + " --ema 0.9999").out())
        .contains("test accuracy")
        .doesNotContain("test accuracy  1.0000");
    String weights = out.resolve("weights.safetensors").toString();
    Cli.Result said = Cli.run("predict", weights, "--text", "Soup and fresh bread!");
    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).contains("not known: fresh, !").containsPattern("(?s)food .*weather ");
    assertThat(Cli.run("predict", weights, "--text", "quite other words").err())
        .contains("none of [quite, other, words] was in the texts");
    assertThat(Cli.run("predict", weights, "--text", "...").err()).contains("nothing to read");
    assertThat(Cli.run("predict", weights).err()).contains("say what is asked by --text");
  }

  private Cli.Result learn(Path out, String settings) {
    List<String> all = new ArrayList<>(List.of(settings.split(" ")));
    all.addAll(List.of("--texts", dir.resolve("texts").toString(), "--out", out.toString()));
    return train("textcnn", all.toArray(String[]::new));
  }

  @Test
  void aTableOfTextsIsReadCharacterByCharacter() throws IOException {
    StringBuilder csv = new StringBuilder("text,label\n");
    for (int i = 0; i < 80; i++) {
      csv.append("x".repeat(1 + i % 7)).append(i).append("ab,one\n");
      csv.append("y".repeat(1 + i % 5)).append(i).append("cd,two\n");
    }
    Path file = dir.resolve("texts.csv");
    Files.writeString(file, csv.append("x0ab,one\nx0ab,one\n"));
    Path out = dir.resolve("run");
    Cli.Result r =
        train(
            "textrnn",
            "--texts",
            file.toString(),
            "--cell",
            "gru",
            "--hidden",
            "8",
            "--epochs",
            "15",
            "--lr",
            "0.02",
            "--batch-size",
            "8",
            "--out",
            out.toString());
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out()).contains("test accuracy  1.0000", "data     2 dropped, the same as");
    String weights = out.resolve("weights.safetensors").toString();
    assertThat(Cli.run("predict", weights, "--text", "yy9cd").out()).startsWith("two");
  }

  @Test
  void badTextsAreNamed() throws IOException {
    String place = dir.resolve("all").toString();
    assertThat(failing("--texts", place)).contains("is not there", "CLASS/*.txt");
    write("all/one/a.txt", "a text");
    assertThat(failing("--texts", place)).contains("only the class 'one'");
    Files.createDirectories(dir.resolve("all/two"));
    assertThat(failing("--texts", place)).contains("two has no .txt file");
    write("all/two/b.txt", " \n");
    assertThat(failing("--texts", place)).contains("b.txt is empty");
    write("all/two/b.txt", "another text");
    assertThat(failing("--texts", place)).contains("has only 2 texts");
    write("bad.csv", "text,class\na,b\n");
    assertThat(failing("--texts", dir.resolve("bad.csv").toString()))
        .contains("no column of", "'label'");
    write("gap.csv", "text,label\nsome text,x\n,y\n");
    assertThat(failing("--texts", dir.resolve("gap.csv").toString()))
        .contains("line 3, column 'text'");
    assertThat(failing(table("b is b,z", "a is a,x", "b is b,x", "a is a,y")))
        .contains("the text 'b is b' is there as 'z' and as 'x', and 1 more contradict");
    assertThat(failing(table(lines(30, "one"), lines(4, "rare"))))
        .contains("too few texts of class 'rare', 4", "join the class");
    assertThat(
            failing(
                table(
                    IntStream.range(0, 30)
                        .mapToObj(i -> "a " + i + ",c" + i)
                        .toArray(String[]::new))))
        .contains("30 different values in 30 texts");
    assertThat(failing("--dropout", "1")).contains("--dropout is 1.0");
    assertThat(failing("--ema", "1")).contains("--ema is 1.0");
    assertThat(failing("--widths", "3,0")).contains("too small");
    assertThat(failing("--data", "mnist")).contains("imdb", "names");
    assertThat(failing("--data", "names", "--longest", "2", "--widths", "3"))
        .contains("--widths has 3");
    assertThat(Cli.run("train", "textrnn", "--cell", "elman").err()).contains("--cell is 'elman'");
    assertThat(dir.resolve("run")).doesNotExist();
  }

  @Test
  void wordsOfATextOfOnesOwnGetVectors() throws IOException {
    StringBuilder text = new StringBuilder();
    List<String> sea = List.of("ship", "wave", "sail", "harbor", "captain");
    List<String> farm = List.of("cow", "field", "plough", "barn", "farmer");
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 1500; i++) {
      List<String> topic = i % 2 == 0 ? sea : farm;
      for (int k = 0; k < 6; k++) {
        text.append(topic.get(random.nextInt(topic.size()))).append(' ');
      }
      text.append('\n');
    }
    write("words.txt", text.toString());
    Path out = dir.resolve("run");
    Cli.Result r =
        train(
            "word2vec",
            "--text",
            dir.resolve("words.txt").toString(),
            "--width",
            "8",
            "--sample",
            "1",
            "--batch-size",
            "128",
            "--epochs",
            "3",
            "--lr",
            "0.05",
            "--out",
            out.toString());
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(out.resolve("map.png")).exists();
    String weights = out.resolve("weights.safetensors").toString();
    Cli.Result near = Cli.run("predict", weights, "--text", "ship cow");
    assertThat(near.code()).as(near.err()).isZero();
    List<String> lines = near.out().lines().toList();
    assertThat(nearest(lines.get(0), 4)).hasSameElementsAs(sea.subList(1, 5));
    assertThat(nearest(lines.get(1), 4)).hasSameElementsAs(farm.subList(1, 5));
    assertThat(Cli.run("predict", weights, "--text", "sheep").err())
        .contains("'sheep' is none of the 10 words");
    write("short.txt", "one two one two");
    assertThat(
            train("word2vec", "--text", dir.resolve("short.txt").toString(), "--rare", "2").err())
        .contains("only 4 words");
    assertThat(train("word2vec", "--text", dir.resolve("none.txt").toString()).err())
        .contains("none.txt does not exist; check the path");
    assertThat(train("word2vec", "--sample", "0").err()).contains("--sample is 0.0");
  }

  private static List<String> nearest(String line, int count) {
    String[] words = line.strip().split("\\s+");
    List<String> near = new ArrayList<>();
    for (int i = 1; near.size() < count; i += 2) {
      near.add(words[i]);
    }
    return near;
  }

  private static String lines(int count, String label) {
    return IntStream.range(0, count)
        .mapToObj(i -> "a text " + label + i + "," + label)
        .collect(Collectors.joining("\n"));
  }

  private String[] table(String... lines) throws IOException {
    write("table.csv", "text,label\n" + String.join("\n", lines) + "\n");
    return new String[] {"--texts", dir.resolve("table.csv").toString()};
  }

  private String failing(String... options) {
    List<String> args = new ArrayList<>(List.of(options));
    args.addAll(List.of("--out", dir.resolve("run").toString()));
    Cli.Result r = train("textcnn", args.toArray(String[]::new));
    assertThat(r.code()).isNotZero();
    return r.err();
  }

  private static Cli.Result train(String model, String... options) {
    List<String> args = new ArrayList<>(List.of("train", model, "--no-progress"));
    args.addAll(List.of(options));
    return Cli.run(args.toArray(String[]::new));
  }

  private void write(String name, String text) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}

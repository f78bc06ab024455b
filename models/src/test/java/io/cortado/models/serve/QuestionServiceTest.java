package io.cortado.models.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.cortado.Device;
import io.cortado.models.cli.Cli;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Serves what {@code cortado predict} asks otherwise than by pictures. */
final class QuestionServiceTest {

  private static final Limits LIMITS =
      new Limits(new Batcher.Limits(8, 5, 64), 100_000, 1000, Duration.ofSeconds(10), 100);

  @TempDir Path dir;

  private static ModelServer start(Path weights) {
    return ModelServer.start(
        weights,
        Device::cpu,
        new ModelServer.Place("127.0.0.1", 0, null),
        LIMITS,
        new PrintWriter(new StringWriter(), true));
  }

  private static void train(String... args) {
    Cli.Result trained = Cli.run(args);
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static String json(Map<String, ?> values) {
    return JsonMapper.shared().writeValueAsString(values);
  }

  @Test
  void textGoesOnAsWithoutServer() throws Exception {
    Path text = dir.resolve("text.txt");
    Files.writeString(text, "the cat sat on the mat.\n".repeat(60));
    train(
        "train",
        "gru",
        "--text",
        text.toString(),
        "--hidden",
        "8",
        "--batch-size",
        "4",
        "--length",
        "16",
        "--epochs",
        "1",
        "--out",
        dir.resolve("run").toString());
    Path weights = dir.resolve("run/weights.safetensors");
    String expected =
        Cli.run("predict", weights.toString(), "--prompt", "the c", "--length", "30", "--seed", "5")
            .out();
    try (ModelServer server = start(weights);
        Client client = Client.of(server.address())) {
      HttpResponse<String> told =
          client.post(json(Map.of("prompt", "the c", "length", 30, "seed", 5)));
      assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
      assertThat(Client.json(told).get("answer").stringValue()).isEqualTo(expected.strip());
      assertRefused(client.post(json(Map.of("prompt", "the dog"))), "character 5 is 'd'");
      assertRefused(client.post("{}"), "say what is asked by prompt");
      assertRefused(client.post(json(Map.of("prompt", "t", "length", 1e9))), "length");
      assertRefused(client.post(json(Map.of("prompt", "t", "length", 2001))), "at most 2000");
      assertRefused(client.post(json(Map.of("prompt", "t", "temperature", 0))), "no temperature");
      assertRefused(client.post(json(Map.of("rows", "x"))), "takes no \"rows\"");
      assertRefused(client.post("{\"prompt\": null}"), "has to be a text or a number");
      assertThat(client.post("image/png", new byte[4]).statusCode()).isEqualTo(415);
    }
  }

  @Test
  void rowsComeAsTextAndNameNoFile() throws Exception {
    train(
        "train",
        "mlp",
        "--data",
        "iris",
        "--task",
        "multiclass",
        "--epochs",
        "2",
        "--out",
        dir.resolve("run").toString());
    Path weights = dir.resolve("run/weights.safetensors");
    Path rows = dir.resolve("new.csv");
    String csv =
        """
        sepal length,sepal width,petal length,petal width
        5.1,3.5,1.4,0.2
        6.7,3.0,5.2,2.3
        """;
    Files.writeString(rows, csv);
    Cli.Result expected = Cli.run("predict", weights.toString(), "--rows", rows.toString());
    assertThat(expected.code()).as(expected.err()).isZero();
    try (ModelServer server = start(weights);
        Client client = Client.of(server.address())) {
      HttpResponse<String> told = client.post(json(Map.of("rows", csv)));
      assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
      assertThat(Client.json(told).get("answer").stringValue()).isEqualTo(expected.out().strip());
      HttpResponse<String> refused = client.post(json(Map.of("rows", rows.toString())));
      assertRefused(refused, "rows");
      assertThat(refused.body()).doesNotContain("cortado-serve");
    }
  }

  private static void assertRefused(HttpResponse<String> response, String reason) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(Client.json(response).get("error").stringValue()).contains(reason);
  }
}

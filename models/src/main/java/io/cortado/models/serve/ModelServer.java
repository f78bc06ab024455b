package io.cortado.models.serve;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.Predictor;
import io.cortado.models.Zoo;
import io.cortado.models.ZooModel;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.classify.ImageClassifier;
import io.cortado.models.http.Token;
import io.cortado.models.http.WebServer;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A running server with one model. */
public final class ModelServer implements AutoCloseable {

  /** How long a stop waits for answers that are being computed. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Service service;
  private final WebServer server;

  private ModelServer(Service service, WebServer server) {
    this.service = service;
    this.server = server;
  }

  /**
   * Where it listens, and to whom.
   *
   * @param port 0 for any that is free
   * @param token what clients have to send; null lets everybody in
   */
  public record Place(String host, int port, @Nullable String token) {}

  /**
   * Loads a model and answers from then on.
   *
   * @param devices opens the device to compute on
   * @param log where faults are told
   * @throws InputException if the model answers no questions, or nothing can listen there
   */
  public static ModelServer start(
      Path file, Supplier<Device> devices, Place place, Limits limits, PrintWriter log) {
    Metrics metrics = new Metrics();
    return start(service(file, devices, limits, metrics), metrics, place, limits, log);
  }

  static ModelServer start(
      Service service, Metrics metrics, Place place, Limits limits, PrintWriter log) {
    Token token = new Token(place.token());
    try {
      WebServer server =
          WebServer.start(
              new WebServer.Place(place.host(), place.port(), "--port"),
              new WebServer.Bounds(limits.patience(), limits.connections(), GRACE),
              metrics::request,
              slow -> new Routes(service, metrics, token, slow, limits, log));
      return new ModelServer(service, server);
    } catch (RuntimeException | Error e) {
      service.close();
      throw e;
    }
  }

  private static Service service(
      Path file, Supplier<Device> devices, Limits limits, Metrics metrics) {
    ModelDescription model = Checkpoint.description(file);
    ZooModel asked = Zoo.find(model.name());
    if (asked instanceof Predictor predictor && predictor.answers(model)) {
      return QuestionService.open(file, model, predictor, devices, limits, metrics);
    }
    if (asked instanceof ImageClassifier) {
      Device device = devices.get();
      try {
        return new PictureService(file, device, limits, metrics);
      } catch (RuntimeException | Error e) {
        device.close();
        throw e;
      }
    }
    throw new InputException(
        "%s is of the model %s, which answers no questions".formatted(file, model.name()));
  }

  /** Returns the address, with the port that was found. */
  public URI address() {
    return server.address();
  }

  /** Waits until it has been stopped. */
  public void join() throws InterruptedException {
    server.join();
  }

  /** Takes no more requests, answers those that are there, and frees the network. */
  @Override
  public void close() {
    server.close();
    service.close();
  }
}

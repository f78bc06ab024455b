package io.cortado.models.serve;

import io.cortado.Device;
import io.cortado.io.ModelDescription;
import io.cortado.models.InputException;
import io.cortado.models.Predictor;
import io.cortado.models.Zoo;
import io.cortado.models.ZooModel;
import io.cortado.models.classify.Checkpoint;
import io.cortado.models.classify.ImageClassifier;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;

/** A running server with one model. */
public final class ModelServer implements AutoCloseable {

  /** How long a stop waits for answers that are being computed. */
  private static final long GRACE_MILLIS = 20_000;

  /** Headers larger than this are no client's of this server. */
  private static final int HEADER_BYTES = 8 * 1024;

  private final Service service;
  private final SlowClients slow;
  private final Server server;
  private final ServerConnector connector;

  private ModelServer(
      Service service, Metrics metrics, Place place, Limits limits, PrintWriter log) {
    this.service = service;
    slow = new SlowClients(limits.patience());
    QueuedThreadPool threads =
        new QueuedThreadPool(16, 4); // select and accept; requests are virtual
    threads.setVirtualThreadsExecutor(new VirtualThreadPool(limits.connections()));
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(place.host());
    connector.setPort(place.port());
    connector.setIdleTimeout(2 * limits.patience().toMillis()); // slow is stricter
    connector.setShutdownIdleTimeout(100);
    connector.addBean(slow);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(limits.connections(), connector));
    server.setErrorHandler(new JsonErrors(metrics));
    server.setStopTimeout(GRACE_MILLIS);
    server.setHandler(
        new GracefulHandler(
            new Routes(service, metrics, new Token(place.token()), slow, limits, log)));
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
    ModelServer started = new ModelServer(service, metrics, place, limits, log);
    try {
      started.server.start();
    } catch (Exception e) {
      started.close();
      throw new InputException(
          "%s:%d cannot be listened at (%s); give another --host or --port"
              .formatted(place.host(), place.port(), reason(e)),
          e);
    }
    return started;
  }

  private static String reason(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
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
    String host = connector.getHost();
    String shown = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + shown + ":" + connector.getLocalPort() + "/");
  }

  /** Waits until it has been stopped. */
  public void join() throws InterruptedException {
    server.join();
  }

  /** Takes no more requests, answers those that are there, and frees the network. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      // What was not answered in time is dropped.
    }
    slow.close();
    service.close();
  }
}

package io.cortado.models.page;

import io.cortado.Shape;
import io.cortado.io.FileException;
import io.cortado.models.Figures;
import io.cortado.models.InputException;
import io.cortado.models.Onlooker;
import io.cortado.models.RunFolder;
import io.cortado.models.http.Token;
import io.cortado.models.http.WebServer;
import io.cortado.models.pictures.MisreadPicture.Misread;
import io.cortado.nn.Summary;
import io.cortado.train.Callback;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The page of a run that goes on: {@code cortado train NAME --ui}.
 *
 * <p>What it shows is also kept in the run's folder, every few seconds and at the end.
 */
public final class LivePage implements Onlooker, AutoCloseable {

  private static final int KEEP_EVERY_SECONDS = 10;

  /** How long the end waits until browsers have been told. */
  private static final long GOODBYE_MILLIS = 1500;

  private final Path folder;
  private final PrintWriter err;
  private final Recording recording = new Recording();
  private final String token = Token.random();
  private final LiveCallback.Shared shared;
  private final WebServer server;
  private @Nullable EventStream events;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean begun;
  private volatile String checkpoint = "";
  private boolean told;

  private LivePage(Path folder, int port, Duration patience, Runnable stop, PrintWriter err) {
    this.folder = folder;
    this.err = err;
    Controls controls = new Controls(stop);
    shared = new LiveCallback.Shared(recording, controls);
    takeUp();
    WebServer.Bounds usual = RunPage.BOUNDS;
    server =
        WebServer.start(
            RunPage.place(port, "--ui-port"),
            new WebServer.Bounds(patience, usual.connections(), usual.grace()),
            unused -> {},
            slow -> {
              EventStream stream = new EventStream(recording, slow);
              events = stream;
              return new PageRoutes(
                  new Token(token),
                  Runs.beside(folder),
                  slow,
                  new PageRoutes.Live(folder, controls, stream),
                  err);
            });
  }

  /**
   * Shows a run until it is closed; on this machine alone.
   *
   * @param port 0 for any that is free
   * @param stop ends the run as Ctrl-C does
   * @param err where faults are told
   * @throws InputException if nothing can listen there
   */
  public static LivePage open(Path folder, int port, Runnable stop, PrintWriter err) {
    return open(folder, port, RunPage.BOUNDS.patience(), stop, err);
  }

  static LivePage open(Path folder, int port, Duration patience, Runnable stop, PrintWriter err) {
    LivePage page = new LivePage(folder, port, patience, stop, err);
    Thread unused = Thread.ofVirtual().name("page-keeper").start(page::keepOn);
    return page;
  }

  /** Takes over what a run left that goes on now. */
  private void takeUp() {
    if (!Files.exists(folder.resolve(RunFiles.PAGE))) {
      return;
    }
    try {
      ObjectNode before = RunFiles.read(folder);
      recording.restore(before);
      shared.resumed = true;
      shared.secondsBefore = before.path("now").path("seconds").asDouble(0);
    } catch (InputException e) {
      recording.line("what was seen before is lost: " + e.getMessage());
    }
  }

  /** Returns the address, which has the token that lets in. */
  public URI address() {
    return server.address().resolve(token + "/");
  }

  /** Returns how many look on now. */
  int viewers() {
    EventStream stream = events;
    return stream == null ? 0 : stream.viewers();
  }

  /** Returns a writer whose lines are shown too. */
  public PrintWriter alsoTo(PrintWriter out) {
    return new PrintWriter(new Tee(out, new LogLines(recording::line)), true);
  }

  /** Tells what the run is, as its folder says. */
  public void record(String json) {
    recording.part("run", JsonMapper.shared().readTree(json));
  }

  /** Tells what the run came to. */
  public void figures(Figures figures) {
    recording.part("figures", figures.values());
  }

  @Override
  public void network(Summary layers, Shape input) {
    shared.input = input;
    recording.part("table", Table.of(layers));
  }

  @Override
  public void misread(Supplier<List<Misread>> some) {
    shared.misread = some;
  }

  @Override
  public List<Callback> join(Joined to) {
    begun = true;
    return List.of(new LiveCallback(shared, to));
  }

  private void keepOn() {
    try {
      for (int n = 1; !closing.await(1, TimeUnit.SECONDS); n++) {
        lookForCheckpoint();
        if (n % KEEP_EVERY_SECONDS == 0) {
          keep();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookForCheckpoint() {
    RunFiles.newestCheckpoint(folder)
        .filter(name -> !name.equals(checkpoint))
        .ifPresent(name -> {
          checkpoint = name;
          recording.part("checkpoint", name);
        });
  }

  private synchronized void keep() {
    if (!begun || !Files.exists(folder.resolve(RunFolder.RECORD))) {
      return;
    }
    try {
      RunFiles.write(folder, recording.all());
    } catch (FileException e) {
      if (!told) {
        told = true;
        err.println("cortado: the page is not kept in the run's folder: " + e.getMessage());
        err.flush();
      }
    }
  }

  /** Tells browsers that the run has ended, keeps what there was to see, and frees the network. */
  @Override
  public void close() {
    closing.countDown();
    lookForCheckpoint();
    recording.part("ended", true);
    recording.end();
    keep();
    EventStream stream = events;
    if (stream != null) {
      stream.close();
      long end = System.nanoTime() + GOODBYE_MILLIS * 1_000_000;
      try {
        while (stream.viewers() > 0 && System.nanoTime() < end) {
          Thread.sleep(10);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    server.close();
  }
}

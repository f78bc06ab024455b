package io.cortado.models.page;

import io.cortado.models.InputException;
import io.cortado.models.http.Answer;
import io.cortado.models.http.Bodies;
import io.cortado.models.http.Pages;
import io.cortado.models.http.Refusal;
import io.cortado.models.http.SlowClients;
import io.cortado.models.http.Token;
import java.io.PrintWriter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What stands at which address of a page; all of it below the token. */
final class PageRoutes extends Handler.Abstract {

  private static final String RUNS = "/runs";

  /** No request has anything to say in its body. */
  private static final int BODY = 1000;

  private final Token token;
  private final Runs runs;
  private final SlowClients slow;
  private final @Nullable Live live;
  private final PrintWriter log;
  private final Bodies bodies = new Bodies(BODY);
  private final Pages pages =
      new Pages(
          PageRoutes.class,
          "page.html",
          "page.js",
          "runs.js",
          "charts.js",
          "parts.js",
          "page.css",
          "uPlot.iife.min.js",
          "uPlot.min.css");

  /**
   * The run that goes on.
   *
   * @param folder its folder, which is not among the others
   */
  record Live(Path folder, Controls controls, EventStream events) {}

  PageRoutes(Token token, Runs runs, SlowClients slow, @Nullable Live live, PrintWriter log) {
    this.token = token;
    this.runs = runs;
    this.slow = slow;
    this.live = live;
    this.log = log;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Connection connection = request.getConnectionMetaData().getConnection();
    slow.waitFor(connection);
    Answer answer;
    try {
      String path = path(request);
      if (path.equals("/events")) {
        Refusal.checkMethod(request, "GET");
        live().events.send(request, response, callback);
        return true;
      }
      answer = route(request, path);
    } catch (Refusal e) {
      answer = e.answer();
    } catch (InputException e) {
      answer = Refusal.of(422, String.valueOf(e.getMessage())).answer();
    } catch (RuntimeException | Error e) {
      log.println("cortado: internal error of the page:");
      e.printStackTrace(log);
      log.flush();
      answer = Answer.error(500, "internal error; the run's own output has more", Map.of());
    }
    slow.waitFor(connection);
    bodies.discard(request);
    answer.send(request, response, callback, slow);
    return true;
  }

  /** Returns what stands behind the token in a request's address. */
  private String path(Request request) {
    String path = request.getHttpURI().getPath(); // as it was sent
    int end = path.indexOf('/', 1);
    String word = end < 0 ? path.substring(Math.min(1, path.length())) : path.substring(1, end);
    if (end < 0 || !token.matches(word)) {
      throw Refusal.of(
          403, "the address lacks the page's token; open the one that Cortado printed");
    }
    return path.substring(end);
  }

  private Answer route(Request request, String path) {
    Answer page = pages.at(path);
    if (page != null) {
      Refusal.checkMethod(request, "GET", "HEAD");
      return page;
    }
    if (path.equals(RUNS)) {
      Refusal.checkMethod(request, "GET", "HEAD");
      return Answer.json(list());
    }
    if (path.startsWith(RUNS + "/")) {
      Refusal.checkMethod(request, "GET", "HEAD");
      return Answer.json(RunFiles.read(runs.find(decoded(path.substring(RUNS.length() + 1)))));
    }
    return switch (path) {
      case "/pause" -> press(request, Controls::pause);
      case "/resume" -> press(request, Controls::goOn);
      case "/stop" -> press(request, Controls::stop);
      case "/checkpoint" ->
          press(
              request,
              c -> {
                if (!c.save()) {
                  throw Refusal.of(409, "there is no training now that makes checkpoints");
                }
              });
      default -> throw Refusal.of(404, "there is nothing here");
    };
  }

  private static String decoded(String name) {
    try {
      return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.bad("the run's name is not encoded as addresses are");
    }
  }

  private Map<String, Object> list() {
    Map<String, Object> all = new LinkedHashMap<>();
    Path own = live == null ? null : live.folder.toAbsolutePath().normalize();
    all.put("live", own == null ? null : own.getFileName().toString());
    List<String> names = new ArrayList<>();
    runs.all()
        .forEach((name, folder) -> {
          if (!folder.equals(own)) {
            names.add(name);
          }
        });
    all.put("runs", names);
    return all;
  }

  private Live live() {
    if (live == null) {
      throw Refusal.of(409, "no run goes on here; the page shows what runs have left");
    }
    return live;
  }

  private interface Button {
    void press(Controls controls);
  }

  private Answer press(Request request, Button button) {
    Refusal.checkMethod(request, "POST");
    button.press(live().controls);
    return Answer.json(Map.of("done", true));
  }
}

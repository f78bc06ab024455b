package io.cortado.models.serve;

import io.cortado.data.DataException;
import io.cortado.models.InputException;
import io.cortado.models.http.Answer;
import io.cortado.models.http.Bodies;
import io.cortado.models.http.Pages;
import io.cortado.models.http.Refusal;
import io.cortado.models.http.SlowClients;
import io.cortado.models.http.Token;
import io.cortado.models.images.PixelsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What stands at which address. */
final class Routes extends Handler.Abstract {

  private final Service service;
  private final Metrics metrics;
  private final Token token;
  private final SlowClients slow;
  private final Bodies bodies;
  private final Pages pages = new Pages(Routes.class, "page.html", "page.js", "page.css");
  private final PrintWriter log;

  Routes(
      Service service,
      Metrics metrics,
      Token token,
      SlowClients slow,
      Limits limits,
      PrintWriter log) {
    this.service = service;
    this.metrics = metrics;
    this.token = token;
    this.slow = slow;
    this.bodies = new Bodies(limits.maxBody());
    this.log = log;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Connection connection = request.getConnectionMetaData().getConnection();
    slow.waitFor(connection);
    Answer answer = answer(request, connection);
    slow.waitFor(connection);
    if (answer.status() >= 400) {
      bodies.discard(request);
      slow.waitFor(connection);
    }
    metrics.request(answer.status());
    answer.send(request, response, callback, slow);
    return true;
  }

  private Answer answer(Request request, Connection connection) {
    try {
      return route(request, connection);
    } catch (Refusal e) {
      return e.answer();
    } catch (PixelsException e) {
      return Refusal.tooLarge(String.valueOf(e.getMessage())).answer();
    } catch (InputException | DataException e) {
      return Refusal.bad(String.valueOf(e.getMessage())).answer();
    } catch (IOException e) {
      return Refusal.bad("the body breaks off").answer();
    } catch (RuntimeException | Error e) {
      log.println("cortado: internal error at " + request.getMethod() + " of a client:");
      e.printStackTrace(log);
      log.flush();
      return Answer.error(500, "internal error; the server's own output has more", Map.of());
    }
  }

  private Answer route(Request request, Connection connection) throws IOException {
    String path = Request.getPathInContext(request);
    if (path.equals("/predict")) {
      Refusal.checkMethod(request, "POST");
      token.check(request);
      return predict(request, connection);
    }
    Answer page = pages.at(path);
    if (page != null) {
      Refusal.checkMethod(request, "GET", "HEAD");
      return page;
    }
    return switch (path) {
      case "/health", "/ready" -> {
        Refusal.checkMethod(request, "GET", "HEAD");
        yield state();
      }
      case "/metrics" -> {
        Refusal.checkMethod(request, "GET", "HEAD");
        token.check(request);
        yield Answer.of(Metrics.TYPE, metrics.text());
      }
      case "/model" -> {
        Refusal.checkMethod(request, "GET", "HEAD");
        token.check(request);
        yield Answer.json(service.describe());
      }
      default ->
          throw Refusal.of(
              404,
              "there is nothing here; there are /, /predict, /model, /health, /ready and /metrics");
    };
  }

  private Answer state() {
    return service.isAlive()
        ? Answer.json(Map.of("status", "ok"))
        : Answer.error(503, "the network's thread has ended", Map.of());
  }

  private Answer predict(Request request, Connection connection) throws IOException {
    String coding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      throw Refusal.of(415, "the body is encoded as '%s'; send it as it is".formatted(coding));
    }
    String given = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    String type = given == null ? "" : given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    Object told =
        bodies.use(
            request,
            body -> {
              slow.compute(connection);
              return service.answer(type, body);
            });
    metrics.latency((System.nanoTime() - request.getHeadersNanoTime()) * 1e-9);
    return Answer.json(told);
  }
}

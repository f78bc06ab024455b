package io.cortado.models.http;

import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.Request;

/** Says why a request gets no answer: its status, and the reason that the client reads. */
public final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** After how many seconds a client that was refused for want of room may try again. */
  private static final String RETRY_AFTER = "1";

  private final int status;
  private final transient Map<String, String> headers;

  private Refusal(int status, String message, Map<String, String> headers) {
    super(message, null, false, false); // a client's fault needs no stack trace
    this.status = status;
    this.headers = headers;
  }

  /** Refuses with a status. */
  public static Refusal of(int status, String message) {
    return new Refusal(status, message, Map.of());
  }

  /** Refuses what makes no sense. */
  public static Refusal bad(String message) {
    return of(400, message);
  }

  /** Refuses what is too large. */
  public static Refusal tooLarge(String message) {
    return of(413, message);
  }

  /** Refuses for want of room. */
  public static Refusal busy() {
    return new Refusal(
        503,
        "the queue is full; try again in a moment, or give the server a larger --queue",
        Map.of("Retry-After", RETRY_AFTER));
  }

  /** Refuses because the server is stopping. */
  public static Refusal stopping() {
    return new Refusal(503, "the server is stopping", Map.of("Connection", "close"));
  }

  /** Refuses a client that has not said who it is. */
  public static Refusal unauthorized() {
    return new Refusal(
        401,
        "the token is missing or wrong; send it as 'Authorization: Bearer TOKEN'",
        Map.of("WWW-Authenticate", "Bearer"));
  }

  /**
   * Checks a request's method.
   *
   * @throws Refusal if it is none of those allowed
   */
  public static void checkMethod(Request request, String... allowed) {
    if (!List.of(allowed).contains(request.getMethod())) {
      throw method(String.join(", ", allowed));
    }
  }

  private static Refusal method(String allowed) {
    return new Refusal(405, "this address takes " + allowed, Map.of("Allow", allowed));
  }

  /** Returns what the client is told. */
  public Answer answer() {
    return Answer.error(status, String.valueOf(getMessage()), headers);
  }
}

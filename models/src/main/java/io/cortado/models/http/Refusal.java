package io.cortado.models.serve;

import java.util.Map;

/** Says why a request gets no answer: its status, and the reason that the client reads. */
final class Refusal extends RuntimeException {

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

  static Refusal of(int status, String message) {
    return new Refusal(status, message, Map.of());
  }

  static Refusal bad(String message) {
    return of(400, message);
  }

  static Refusal tooLarge(String message) {
    return of(413, message);
  }

  static Refusal busy() {
    return new Refusal(
        503,
        "the queue is full; try again in a moment, or give the server a larger --queue",
        Map.of("Retry-After", RETRY_AFTER));
  }

  static Refusal stopping() {
    return new Refusal(503, "the server is stopping", Map.of("Connection", "close"));
  }

  static Refusal unauthorized() {
    return new Refusal(
        401,
        "the token is missing or wrong; send it as 'Authorization: Bearer TOKEN'",
        Map.of("WWW-Authenticate", "Bearer"));
  }

  static Refusal method(String allowed) {
    return new Refusal(405, "this address takes " + allowed, Map.of("Allow", allowed));
  }

  Answer answer() {
    return Answer.error(status, String.valueOf(getMessage()), headers);
  }
}

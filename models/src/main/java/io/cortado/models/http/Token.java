package io.cortado.models.serve;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What clients have to know. */
final class Token {

  private static final String SCHEME = "Bearer ";

  private final byte @Nullable [] token;

  /** Makes one; by null everybody is let in. */
  Token(@Nullable String token) {
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Lets a request in, in a time that does not tell how much of a wrong token is right.
   *
   * @throws Refusal if it has not the token
   */
  void check(Request request) {
    if (token == null) {
      return;
    }
    String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (given == null || !given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw Refusal.unauthorized();
    }
    byte[] sent = given.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(sent, token)) {
      throw Refusal.unauthorized();
    }
  }
}

package io.cortado.models.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** What clients have to know. */
public final class Token {

  private static final String SCHEME = "Bearer ";

  private final byte @Nullable [] token;

  /** Makes one; by null everybody is let in. */
  public Token(@Nullable String token) {
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Lets a request in, in a time that does not tell how much of a wrong token is right.
   *
   * @throws Refusal if it has not the token
   */
  public void check(Request request) {
    if (token == null) {
      return;
    }
    String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (given == null || !given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw Refusal.unauthorized();
    }
    if (!matches(given.substring(SCHEME.length()).strip())) {
      throw Refusal.unauthorized();
    }
  }

  /** Says whether a word is the token, in a time that does not tell how much of it is right. */
  public boolean matches(String word) {
    return token == null || MessageDigest.isEqual(word.getBytes(StandardCharsets.UTF_8), token);
  }

  /** Returns a new word that nobody guesses: 128 random bits in hexadecimal digits. */
  public static String random() {
    byte[] bits = new byte[16];
    new SecureRandom().nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }
}

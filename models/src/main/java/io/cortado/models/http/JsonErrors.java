package io.cortado.models.http;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.IntConsumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Says in JSON what the server library itself refuses: broken HTTP, or requests while it stops. */
final class JsonErrors extends ErrorHandler {

  private final IntConsumer told;

  /** Makes one that tells each status. */
  JsonErrors(IntConsumer told) {
    this.told = told;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int status,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    Answer answer = answer(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
    response.write(true, ByteBuffer.wrap(answer.body()), callback);
  }

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  private Answer answer(int status) {
    told.accept(status);
    return Answer.error(status, HttpStatus.getMessage(status), Map.of());
  }
}

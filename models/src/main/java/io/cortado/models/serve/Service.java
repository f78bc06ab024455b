package io.cortado.models.serve;

import io.cortado.models.InputException;
import io.cortado.models.http.Refusal;
import java.util.Map;

/** A model that answers; any number of threads ask it. */
interface Service extends AutoCloseable {

  /** Returns what a client wants to know of the model. */
  Map<String, Object> describe();

  /**
   * Answers a request's body.
   *
   * @param type its media type, in lower case and without parameters
   * @return what becomes JSON
   * @throws Refusal if it cannot be answered
   * @throws InputException if what it asks about cannot be used
   */
  Object answer(String type, byte[] body);

  /** Says whether it can answer at all. */
  boolean isAlive();

  /** Answers what is queued, and frees the network. */
  @Override
  void close();
}

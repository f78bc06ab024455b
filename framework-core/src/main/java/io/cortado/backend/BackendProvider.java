package io.cortado.backend;

import java.util.List;

/**
 * Finds out whether a backend can be used here, and opens it.
 *
 * <p>Registered for {@link java.util.ServiceLoader}. A provider must load without touching the
 * library it needs: {@link #probe()} answers on any machine.
 */
public interface BackendProvider {

  /** Returns the name users ask for: {@code "cpu"}, {@code "cuda"}. */
  String name();

  /**
   * Returns how much {@code auto} prefers this backend; the highest that is available wins. The CPU
   * has 0.
   */
  int priority();

  /** Says whether the backend can be opened here, and if not, what is missing and how to get it. */
  Availability probe();

  /**
   * Says one by one what the backend needs and uses, and how each is here; the first that is not
   * {@link Finding.State#OK} is what to see to next.
   *
   * <p>Never throws for what is missing, and says what can be said beside it. A backend may be
   * usable with a finding that is wrong (a cache that cannot be written); {@link #probe()} tells.
   */
  List<Finding> diagnose();

  /**
   * Opens the backend.
   *
   * @throws BackendException if it cannot be opened; the message says what is missing and the
   *     remedy
   */
  Backend open(BackendOptions options);

  /**
   * Whether a backend is usable here.
   *
   * @param usable true if {@link #open} should succeed
   * @param reason one sentence: what was found, or what is missing and how to get it
   */
  record Availability(boolean usable, String reason) {}
}

package io.cortado.models.serve;

import io.cortado.models.http.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for answers of the network's thread. */
final class Answers {

  private Answers() {}

  /** Returns all, or throws what the first that failed threw. */
  static <Y> List<Y> of(List<CompletableFuture<Y>> futures) {
    List<Y> all = new ArrayList<>();
    try {
      for (CompletableFuture<Y> future : futures) {
        all.add(future.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusal.stopping();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException r -> throw r;
        case Error r -> throw r;
        case null, default -> throw new IllegalStateException(e);
      }
    }
    return all;
  }
}

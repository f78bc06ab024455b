package io.cortado.models.serve;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Loads a running server, by hand: {@code LoadRun ADDRESS PICTURE SECONDS CLIENTS...}. */
final class LoadRun {

  private static final int MOST = 1_000_000;

  private LoadRun() {}

  /** Prints requests per second and percentiles of the latency for each number of clients. */
  public static void main(String[] args) throws Exception {
    byte[] picture = Files.readAllBytes(Path.of(args[1]));
    double seconds = Double.parseDouble(args[2]);
    try (Client client = Client.of(URI.create(args[0]))) {
      load(client, picture, 8, seconds); // both sides get warm
      for (int i = 3; i < args.length; i++) {
        load(client, picture, Integer.parseInt(args[i]), seconds);
      }
    }
  }

  private static void load(Client client, byte[] picture, int clients, double seconds)
      throws InterruptedException {
    long[] nanos = new long[MOST];
    AtomicInteger done = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    long begin = System.nanoTime();
    Thread[] threads = new Thread[clients];
    for (int c = 0; c < clients; c++) {
      threads[c] =
          Thread.ofVirtual()
              .start(() -> {
                while (System.nanoTime() - begin < seconds * 1e9) {
                  long from = System.nanoTime();
                  if (ask(client, picture) == 200) {
                    nanos[done.getAndIncrement()] = System.nanoTime() - from;
                  } else {
                    refused.incrementAndGet();
                  }
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double took = (System.nanoTime() - begin) * 1e-9;
    int n = done.get();
    Arrays.sort(nanos, 0, n);
    System.out.printf(
        Locale.ROOT,
        "%3d clients: %7.0f requests/s, p50 %6.2f ms, p99 %6.2f ms, refused %d%n",
        clients,
        n / took,
        nanos[n / 2] * 1e-6,
        nanos[(int) (n * 0.99)] * 1e-6,
        refused.get());
  }

  private static int ask(Client client, byte[] picture) {
    try {
      HttpResponse<String> told = client.post("image/png", picture);
      return told.statusCode();
    } catch (IOException e) {
      return 0;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

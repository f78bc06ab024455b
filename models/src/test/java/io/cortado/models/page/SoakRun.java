package io.cortado.models.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Trains for an hour as {@code cortado train lenet5 --ui} does, and watches what the process takes.
 *
 * <p>One reader takes all events of the page; every minute another opens the page as a browser
 * does, looks on for a while, and goes. Images are augmented anew each time, and a checkpoint is
 * made every 30 seconds. Each minute has a line of figures, the end a table and a verdict.
 *
 * <pre>{@code
 * java -XX:+UseSerialGC -XX:NativeMemoryTracking=summary --add-modules jdk.incubator.vector \
 *   -cp TEST_CLASS_PATH io.cortado.models.page.SoakRun [MINUTES [OPTION OF TRAIN...]]
 * }</pre>
 */
final class SoakRun {

  /** By then compilers have come to rest, and the page's curves are full. */
  private static final int WARM_MINUTES = 10;

  /** How many minutes count for each end: one alone may fall on a checkpoint. */
  private static final int WIDTH = 5;

  private static final long VISIT_SECONDS = 25;

  private static final List<String> USUAL =
      List.of("train", "lenet5", "--epochs", "1000000", "--augment", "crop-flip", "--no-progress");

  private static final List<String> SAVED = List.of("--checkpoint-every", "30s", "--keep", "3");

  private SoakRun() {}

  /** The program: minutes, and options for the training. */
  public static void main(String[] args) throws Exception {
    int minutes = args.length == 0 ? 60 : Math.max(2, Integer.parseInt(args[0]));
    Path folder = Files.createTempDirectory("soak").resolve("run");
    List<String> train = new ArrayList<>(USUAL);
    train.addAll(SAVED);
    train.addAll(List.of("--ui", "--out", folder.toString()));
    train.addAll(List.of(args).subList(Math.min(1, args.length), args.length));
    System.out.println("cortado " + String.join(" ", train));
    List<SoakFigures> all = new ArrayList<>();
    int code;
    try (UiRun run = new UiRun(train);
        Viewer viewer = new Viewer(run.address());
        Viewer.Stream events = viewer.events()) {
      Reader reader = new Reader(events);
      Thread unused = Thread.ofPlatform().name("soak-reader").daemon().start(reader);
      watch(minutes, run, folder, reader, all);
      try (Viewer last = new Viewer(run.address())) {
        System.out.println("stop: " + last.post("stop").statusCode());
      }
      code = run.code();
    }
    report(all, code);
  }

  private static void watch(
      int minutes, UiRun run, Path folder, Reader reader, List<SoakFigures> all) throws Exception {
    System.out.println(SoakFigures.HEADER);
    long begin = System.nanoTime();
    for (int minute = 1; minute <= minutes; minute++) {
      long stepsBefore = reader.steps;
      long from = System.nanoTime();
      visit(run, folder);
      long end = begin + TimeUnit.MINUTES.toNanos(minute);
      TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
      double rate = (reader.steps - stepsBefore) / ((System.nanoTime() - from) * 1e-9);
      if (reader.ended) {
        throw new IllegalStateException("the training has ended: " + run.said());
      }
      SoakFigures now = SoakFigures.of(minute, rate, folder);
      all.add(now);
      System.out.println(now.line());
    }
  }

  /** Opens the page and all that it loads, looks on, and goes away in the middle. */
  private static void visit(UiRun run, Path folder) throws Exception {
    try (Viewer browser = new Viewer(run.address())) {
      for (String file : List.of("", "page.css", "page.js", "charts.js", "uPlot.iife.min.js")) {
        check(browser.get(file).statusCode());
      }
      check(browser.get("runs").statusCode());
      if (Files.exists(folder.resolve(RunFiles.PAGE))) {
        check(browser.get("runs/" + folder.getFileName()).statusCode());
      }
      try (Viewer.Stream events = browser.events()) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(VISIT_SECONDS);
        while (System.nanoTime() < end && events.next()) {
          // looks on
        }
      }
    }
  }

  private static void check(int status) {
    if (status != 200) {
      throw new IllegalStateException("the page answers " + status);
    }
  }

  /** Takes what the page sends, for as long as the run goes on. */
  private static final class Reader implements Runnable {
    private final Viewer.Stream events;
    volatile long steps;
    volatile boolean ended;

    Reader(Viewer.Stream events) {
      this.events = events;
    }

    @Override
    public void run() {
      try {
        while (events.next()) {
          steps = events.seen.path("now").path("totalSteps").asLong();
        }
      } catch (IOException e) {
        System.out.println("the events broke off: " + e);
      }
      ended = true;
    }
  }

  private static void report(List<SoakFigures> all, int code) {
    int warm = Math.min(WARM_MINUTES, Math.max(1, all.size() / 3));
    SoakFigures first = all.get(warm - 1);
    SoakFigures last = all.getLast();
    Map<String, Double> before = SoakFigures.most(all.subList(Math.max(0, warm - WIDTH), warm));
    Map<String, Double> after =
        SoakFigures.most(all.subList(Math.max(warm, all.size() - WIDTH), all.size()));
    System.out.printf(
        "%n| | minute %d | minute %d | largest of minutes %d-%d | largest of the last %d | may grow by |%n",
        first.minute(), last.minute(), Math.max(1, warm - WIDTH + 1), warm, WIDTH);
    System.out.println("|---|---:|---:|---:|---:|---:|");
    boolean flat = true;
    for (SoakFigures.Kind kind : SoakFigures.Kind.values()) {
      double had = before.getOrDefault(kind.label, Double.NaN);
      double has = after.getOrDefault(kind.label, Double.NaN);
      boolean held = has <= had + kind.mayGrow(had);
      flat &= held;
      System.out.printf(
          "| %s | %.1f | %.1f | %.1f | %.1f | %.1f%s |%n",
          kind.label,
          first.value(kind),
          last.value(kind),
          had,
          has,
          kind.mayGrow(had),
          held ? "" : ", TOO MUCH");
    }
    System.out.printf(
        "| steps/s | %.1f | %.1f | | | |%n", first.stepsPerSecond(), last.stepsPerSecond());
    System.out.printf("exit code %d (130: stopped by the page's button)%n", code);
    System.out.println(flat ? "FLAT" : "NOT FLAT");
  }
}

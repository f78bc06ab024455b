package io.cortado.cpu.kernels;

import io.cortado.backend.BackendException;
import io.cortado.backend.spec.PointwiseProgram;
import io.cortado.backend.spec.PointwiseSpec;
import io.cortado.cpu.simd.PointwiseLoop;
import io.cortado.internal.Logs;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Decides which pointwise programs get a loop of their own, and has them made.
 *
 * <p>Until C2 has compiled it, such a loop is some hundred times slower than the interpreter,
 * because every vector is an object. So a program that has been used for about a tenth of a second
 * goes to a thread in the background, which runs the loop on numbers of its own until it is faster
 * than the interpreter ({@link LoopTrial}), and only then hands it over. When that happens changes
 * no result. A loop that never gets there is dropped, with the reason in the log at debug level;
 * one that cannot be generated is a defect, with a line of warning.
 */
final class Fusion implements AutoCloseable {

  /** The system property that says which programs get loops: {@code auto}, on or off. */
  static final String PROPERTY = "cortado.cpu.fusion";

  private static final Logger LOG = Logs.of(Fusion.class);

  /** Elements times instructions after which a loop is made, about a tenth of a second. */
  static final long WORTH = 1L << 30;

  /** Which programs get a loop. */
  enum Mode {
    /** Those that are used much, once the loop is faster. */
    AUTO,
    /** All for which one can be made, at once; slow until it is compiled. */
    ON,
    /** None. */
    OFF;

    static Mode ofProperty() {
      return of(System.getProperty(PROPERTY, "auto"));
    }

    static Mode of(String property) {
      return switch (property) {
        case "auto" -> AUTO;
        case "on" -> ON;
        case "off" -> OFF;
        default ->
            throw new BackendException(
                "cannot open the cpu backend: the system property %s is \"%s\"; give auto, on or off, or leave it out"
                    .formatted(PROPERTY, property));
      };
    }
  }

  private record Key(PointwiseProgram program, Set<Integer> uniformInputs) {}

  private final PointwiseInterpreter interpreter;
  private final Mode mode;
  private final PlanCache<Key, FusedProgram> programs =
      new PlanCache<>(key -> new FusedProgram(key.program, key.uniformInputs));
  private final BlockingQueue<FusedProgram> asked = new LinkedBlockingQueue<>();
  private @Nullable Thread thread;
  private volatile boolean closed;

  Fusion(PointwiseInterpreter interpreter, Mode mode) {
    this.interpreter = interpreter;
    // With one processor the background would take the time that it is to save.
    boolean alone = mode == Mode.AUTO && Runtime.getRuntime().availableProcessors() == 1;
    this.mode = alone ? Mode.OFF : mode;
  }

  /** Returns what a spec's program has been made into; programs of other shapes share it. */
  FusedProgram program(PointwiseSpec spec) {
    Set<Integer> uniform = new HashSet<>();
    for (int i = 0; i < spec.inputs().size(); i++) {
      if (!spec.inputs().get(i).equals(spec.output())
          && Spread.of(spec.inputs().get(i), spec.output()).isConstant()) {
        uniform.add(i);
      }
    }
    return programs.get(new Key(spec.program(), Set.copyOf(uniform)));
  }

  /** Returns a program's loop, if there is one, and sees to it that there is one where it pays. */
  @Nullable PointwiseLoop loop(FusedProgram program, int n) {
    PointwiseLoop loop = program.loop();
    if (loop != null || program.asked || mode == Mode.OFF) {
      return loop;
    }
    program.work += (long) n * program.program.code().size();
    if (mode == Mode.ON || program.work > WORTH) {
      program.asked = true;
      ask(program);
    }
    return program.loop();
  }

  @SuppressWarnings("ThreadPriorityCheck") // a hint: nothing depends on it
  private void ask(FusedProgram program) {
    String refusal = program.refusal();
    if (!refusal.isEmpty()) {
      drop(program, refusal);
    } else if (mode == Mode.ON) {
      PointwiseLoop made = generate(program);
      if (made != null) {
        program.publish(made);
      }
    } else {
      asked.add(program);
      if (thread == null) {
        thread = Thread.ofPlatform().daemon().name("cortado-cpu-fusion").unstarted(this::work);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
      }
    }
  }

  private void work() {
    while (!closed) {
      try {
        make(asked.take());
      } catch (InterruptedException _) {
        return; // closed
      }
    }
  }

  /** Makes a program's loop and hands it over once it is the faster way. */
  private void make(FusedProgram program) throws InterruptedException {
    PointwiseLoop made = generate(program);
    if (made == null) {
      return;
    }
    LoopTrial.Result result;
    try {
      result = new LoopTrial(interpreter, program, made).run();
    } catch (RuntimeException | LinkageError e) {
      fail(program, e);
      return;
    }
    if (result.faster()) {
      LOG.debug("a loop was generated ({}) for\n{}", result, program.program);
      program.publish(made);
    } else {
      drop(program, "the generated loop was not faster: " + result);
    }
  }

  /** Returns a loop for a program; null, with the reason in the log, if there is none. */
  private @Nullable PointwiseLoop generate(FusedProgram program) {
    try {
      PointwiseLoop made = interpreter.kernel().loop(program.code());
      if (made == null) {
        drop(program, "these are scalar loops");
      }
      return made;
    } catch (RuntimeException | LinkageError e) {
      fail(program, e);
      return null;
    }
  }

  /** Says that a loop is wrong where it should not be; the interpreter remains. */
  private static void fail(FusedProgram program, Throwable reason) {
    LOG.warn(
        "a formula of {} operations is interpreted, because its loop failed: {} (more at debug level)",
        program.program.code().size(),
        reason.toString());
    LOG.debug("interpreted, because its loop failed:\n{}", program.program, reason);
  }

  private static void drop(FusedProgram program, String reason) {
    LOG.debug("interpreted, because {}:\n{}", reason, program.program);
  }

  /** Returns the thread that makes loops, null where none was needed. */
  @Nullable Thread thread() {
    return thread;
  }

  /** Ends the thread. */
  @Override
  public void close() {
    closed = true;
    if (thread != null) {
      thread.interrupt();
    }
  }
}

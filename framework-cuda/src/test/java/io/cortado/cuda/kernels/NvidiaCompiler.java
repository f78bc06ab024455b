package io.cortado.cuda.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/** One of NVIDIA's own compilers: CUDA C to the machine code of one architecture. */
sealed interface NvidiaCompiler {

  /** What a compilation said, and whether it made code. */
  record Result(boolean succeeded, String log) {}

  /** Returns the compiler's name and version. */
  String version() throws IOException, InterruptedException;

  /** Compiles a text as the backend would, but to the end, with a report of what was used. */
  Result compile(String file, String source, int architecture)
      throws IOException, InterruptedException;

  private static List<String> options(int architecture) {
    List<String> options = new ArrayList<>(KernelCompiler.options(new Target(architecture, true)));
    options.add("--ptxas-options=-v");
    return options;
  }

  /** NVRTC, which the backend uses, by its library; it needs no driver and no device. */
  record Nvrtc(Path folder) implements NvidiaCompiler {

    public Nvrtc {
      for (String pattern : List.of("libnvrtc-builtins.so.12*", "libnvrtc.so.12")) {
        try (var files = Files.newDirectoryStream(folder, pattern)) {
          files.forEach(file -> System.load(file.toAbsolutePath().toString()));
        } catch (IOException e) {
          throw new IllegalStateException(
              "NVRTC is not in " + folder + ": build with -Pnvcc, which puts it there", e);
        }
      }
    }

    @Override
    public String version() {
      int[] major = {0};
      int[] minor = {0};
      check(JNvrtc.nvrtcVersion(major, minor));
      return "NVRTC %d.%d".formatted(major[0], minor[0]);
    }

    @Override
    public Result compile(String file, String source, int architecture) {
      nvrtcProgram program = new nvrtcProgram();
      check(JNvrtc.nvrtcCreateProgram(program, source, file, 0, null, null));
      String[] options = options(architecture).toArray(String[]::new);
      int code = JNvrtc.nvrtcCompileProgram(program, options.length, options);
      String[] log = {""};
      check(JNvrtc.nvrtcGetProgramLog(program, log));
      long[] bytes = {0};
      if (code == 0) {
        check(JNvrtc.nvrtcGetCUBINSize(program, bytes));
      }
      check(JNvrtc.nvrtcDestroyProgram(program));
      return new Result(code == 0 && bytes[0] > 0, log[0]);
    }

    private static void check(int code) {
      if (code != 0) {
        throw new IllegalStateException(
            "NVRTC failed: " + code + " " + JNvrtc.nvrtcGetErrorString(code));
      }
    }
  }

  /** The program nvcc of an installed CUDA toolkit. */
  record Nvcc(Path program, Path folder) implements NvidiaCompiler {

    /** Returns where nvcc is: on the path, or in the usual folder. */
    static Stream<Path> programs() {
      String home = System.getenv("CUDA_HOME");
      return Stream.of(
              home == null ? Stream.<String>empty() : Stream.of(home + "/bin"),
              Stream.of(System.getenv("PATH").split(":")),
              Stream.of("/usr/local/cuda/bin"))
          .flatMap(folders -> folders)
          .map(folder -> Path.of(folder, "nvcc"))
          .filter(Files::isExecutable);
    }

    @Override
    public String version() throws IOException, InterruptedException {
      String last = "";
      for (String line : run(List.of(program.toString(), "--version")).log().split("\n")) {
        last = line.contains("release") ? line.replaceAll(".*release.*V", "nvcc ") : last;
      }
      return last;
    }

    @Override
    public Result compile(String file, String source, int architecture)
        throws IOException, InterruptedException {
      Path text = Files.writeString(folder.resolve(file), source);
      List<String> command = new ArrayList<>(List.of(program.toString(), "--cubin"));
      command.addAll(options(architecture));
      command.addAll(List.of("--Werror=all-warnings", "-o", text + ".cubin", text.toString()));
      return run(command);
    }

    private static Result run(List<String> command) throws IOException, InterruptedException {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String log = new String(process.getInputStream().readAllBytes());
      return new Result(process.waitFor() == 0, log);
    }
  }
}

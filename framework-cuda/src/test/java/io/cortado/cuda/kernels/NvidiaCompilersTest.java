package io.cortado.cuda.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.cortado.cuda.kernels.NvidiaCompiler.Nvcc;
import io.cortado.cuda.kernels.NvidiaCompiler.Nvrtc;
import io.cortado.cuda.kernels.NvidiaCompiler.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kernel, compiled by NVIDIA's own compilers for every architecture, without a warning. No
 * GPU is needed. Run by {@code -Pnvcc} alone; the table it makes is docs/cuda-kernels.md.
 */
@Tag("nvcc")
final class NvidiaCompilersTest {

  private static final List<Integer> ARCHITECTURES = List.of(75, 80, 86, 89, 90, 100, 120);

  /** Kernels that may spill registers, and why. */
  private static final Map<String, String> MAY_SPILL = Map.of();

  private static final Pattern ENTRY =
      Pattern.compile("__global__\\s+void(?:\\s+__launch_bounds__\\([^)]*\\))?\\s+(\\w+)\\s*\\(");

  private static final String GENERATED =
      """
      ## Generated kernels

      A pointwise program (`Backend.pointwise`) is a kernel that `PointwiseSource` writes, one line an instruction, and that is compiled
      when it is first run. The text holds the formula and how each input is read: from front to end, as one number,
      or along some axes of the result, those that can be seen as one taken together. Sizes and parameters are arguments, so that a new
      batch size or learning rate compiles nothing. Where all inputs are of the first two kinds, a thread takes four
      elements at a time, if they are aligned; else divisions by extents are multiplications, up to 2^31 - 1 elements.
      Sums, differences and products are `__fadd_rn`, `__fsub_rn` and `__fmul_rn`, which are not contracted to multiply-adds: a program gives
      the same bits as its instructions one by one. Each thread reads all inputs of an element before it writes, and no
      pointer is `__restrict__`, so that an output may be an input. `Backend.pointwiseReduce` has a kernel of its own, in which the first
      output is added up by threads and blocks in place of being written. For example, `max(x * row, 0.5) + p`:

      ```
      %s```
      """;

  private static final Map<String, KernelTable> TABLES = new TreeMap<>();

  @TempDir Path folder;

  @Test
  void nvrtcCompilesAllKernels() throws IOException, InterruptedException {
    String nvrtc = System.getProperty("cortado.nvrtc", "target/nvrtc");
    compileAll(new Nvrtc(Path.of(nvrtc)));
  }

  @Test
  void nvccCompilesAllKernels() throws IOException, InterruptedException {
    Path program =
        Nvcc.programs()
            .findFirst()
            .orElseGet(() ->
                abort("this machine has no nvcc (on the PATH, in CUDA_HOME or /usr/local/cuda)"));
    compileAll(new Nvcc(program, folder));
  }

  /** The texts of all files, and those of generated kernels of each way to read inputs. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (String file : files()) {
      sources.put(file, KernelSource.of(file));
    }
    sources.putAll(PointwiseSamples.sources());
    return sources;
  }

  private static void compileAll(NvidiaCompiler compiler) throws IOException, InterruptedException {
    KernelTable table = new KernelTable(ARCHITECTURES);
    for (Map.Entry<String, String> text : sources().entrySet()) {
      String file = text.getKey();
      String source = text.getValue();
      List<String> kernels = ENTRY.matcher(source).results().map(m -> m.group(1)).sorted().toList();
      assertThat(kernels).as("kernels of %s", file).isNotEmpty();
      for (int architecture : ARCHITECTURES) {
        String what = "%s by %s for sm_%d".formatted(file, compiler.version(), architecture);
        Result result = compiler.compile(file, source, architecture);
        assertThat(result.succeeded()).as("%s%n%s", what, result.log()).isTrue();
        assertThat(KernelUsage.complaints(result.log())).as(what).isEmpty();
        List<KernelUsage> usages = KernelUsage.read(result.log());
        assertThat(usages.stream().map(KernelUsage::kernel).sorted().toList())
            .as(what)
            .isEqualTo(kernels);
        for (KernelUsage usage : usages) {
          table.add(file, architecture, usage);
          if (!MAY_SPILL.containsKey(usage.kernel())) {
            assertThat(usage.spilled()).as("bytes spilled in %s of %s", usage, what).isZero();
          }
        }
      }
    }
    TABLES.put(compiler.version(), table);
  }

  /** All files of kernels; what is put in front of each is none. */
  private static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/kernels"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".cu") && !name.equals("common.cu"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aWarningAndASpillAreSeen() {
    String log =
        """
        k.cu(2): warning #177-D: variable "unused" was declared but never referenced
        ptxas info    : 0 bytes gmem
        ptxas info    : Compiling entry function 'k' for 'sm_90'
        ptxas info    : Function properties for k
            16 bytes stack frame, 8 bytes spill stores, 12 bytes spill loads
        ptxas info    : Used 12 registers, used 1 barriers, 1024 bytes smem, 360 bytes cmem[0]
        """;
    assertThat(KernelUsage.read(log)).containsExactly(new KernelUsage("k", 12, 1024, 16, 20));
    assertThat(KernelUsage.complaints(log)).hasSize(1).first().asString().contains("#177-D");
  }

  @AfterAll
  static void writeTheTable() throws IOException {
    if (TABLES.isEmpty()) {
      return; // a failure; the last good table stays
    }
    StringBuilder page =
        new StringBuilder(
            """
            # The CUDA kernels, compiled

            Made by

                mvn -Pnvcc -pl framework-cuda -am test

            on %s; do not edit. Each kernel of `framework-cuda/src/main/resources/kernels` was compiled by NVIDIA's own compilers, with
            the text and the options that the backend gives to NVRTC, without a warning. No GPU took part.

            A cell is the registers of a thread, then the bytes of local memory (`+n B`) where there are any. Nothing spills registers%s.
            All kernels have blocks of %d threads, so that up to 255 registers a thread can be launched; a multiprocessor
            is full of threads at up to 64 of them on sm_75, 40 on sm_86, sm_89 and sm_120, and 32 on sm_80, sm_90 and sm_100.
            """
                .formatted(
                    LocalDate.now(ZoneOffset.UTC),
                    MAY_SPILL.isEmpty() ? "" : " but " + MAY_SPILL,
                    KernelSource.BLOCK));
    TABLES.forEach((compiler, table) ->
        page.append("\n## ").append(compiler).append("\n\n").append(table.markdown()));
    page.append(GENERATED.formatted(PointwiseSamples.example()));
    Files.writeString(Path.of("../docs/cuda-kernels.md"), page);
  }
}

package io.cortado.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code cortado doctor} on machines that lack one thing each. */
final class DoctorTest {

  private static final String PIP = "run pip install ";

  @TempDir Path dir;

  /** Runs the doctor where NVIDIA's libraries are in one folder or nowhere. */
  private String doctor(Path libraries, Map<String, String> environment, String... java)
      throws Exception {
    List<String> options = new ArrayList<>(List.of(java));
    options.add("-Dcortado.cuda.libraries=" + libraries);
    Cli.Result r = EmulatedCuda.run(dir, environment, options, Cortado.class.getName(), "doctor");
    assertThat(r.code()).as("%s%s", r.out(), r.err()).isZero();
    assertThat(r.out())
        .containsPattern("ok +processor +\\d+ core")
        .containsPattern("ok +vectors +Vector API, \\d+-bit")
        .contains(System.getProperty("java.home"), "cpu can be used: --device cpu");
    return r.out();
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(dir.resolve(name));
  }

  private static void assertNext(String out, String remedy) {
    assertThat(out.lines().filter(l -> l.startsWith("  do next: ")))
        .singleElement()
        .asString()
        .startsWith("  do next: " + remedy);
  }

  @Test
  void withoutDriver() throws Exception {
    Path empty = folder("empty");
    String out = doctor(empty, Map.of());
    assertThat(out)
        .containsPattern("ok +looked in +" + empty)
        .containsPattern("missing +NVIDIA's driver +no libcuda.so.1 in the folder")
        .containsPattern("missing +cuDNN 9 +no libcudnn.so.9")
        .contains("cuda cannot be used here: NVIDIA's driver was not found")
        .doesNotContain("cuda can be used");
    assertNext(out, "install NVIDIA's driver for your GPU");
  }

  @Test
  void driverWithoutToolkit() throws Exception {
    String out = doctor(EmulatedCuda.copy(folder("driver"), "libcuda.so.1"), Map.of());
    assertThat(out)
        .containsPattern("ok +NVIDIA's driver +for CUDA 12.6, " + dir)
        .containsPattern("missing +NVRTC 12 +no libnvrtc.so.12")
        .containsPattern("missing +cuBLAS 12 +no libcublas.so.12")
        .containsPattern("missing +cuDNN 9 +no libcudnn.so.9")
        .containsPattern("ok +device 0 +emulated .*compute capability 9.0.*8.0 GiB")
        .contains("cuda cannot be used here: NVRTC 12 was not found");
    assertNext(out, PIP + "nvidia-cuda-nvrtc-cu12 nvidia-cublas-cu12 nvidia-cudnn-cu12 (or");
    assertThat(out).contains("mvn -N -Pcuda-redist initialize", "or set CORTADO_CUDA_HOME");
  }

  @Test
  void oneLibraryMissing() throws Exception {
    Path some =
        EmulatedCuda.copy(
            folder("some"),
            "libcuda.so.1",
            "libnvrtc.so.12",
            "libcublasLt.so.12",
            "libcublas.so.12");
    String out = doctor(some, Map.of());
    assertThat(out).containsPattern("ok +NVRTC 12 +" + some.resolve("libnvrtc.so.12"));
    assertNext(out, PIP + "nvidia-cudnn-cu12 (or");
  }

  @Test
  void wrongCudnn() throws Exception {
    String out =
        doctor(EmulatedCuda.folder(), Map.of("CORTADO_EMU_SETTINGS", "cudnn.version=8904"));
    assertThat(out)
        .containsPattern("wrong +cuDNN 9 +/.*libcudnn.so.9 is cuDNN 8.9.4, and 9 is needed")
        .contains("cuda cannot be used here: ");
    assertNext(out, "run pip install --upgrade nvidia-cudnn-cu12");
  }

  @Test
  void oldDriver() throws Exception {
    String out =
        doctor(EmulatedCuda.folder(), Map.of("CORTADO_EMU_SETTINGS", "driver.version=11080"));
    assertThat(out).containsPattern("wrong +NVIDIA's driver +.*CUDA 11.8, and 12.0 is needed");
    assertNext(out, "install a newer driver");
  }

  @Test
  void noDevice() throws Exception {
    Map<String, String> hidden =
        Map.of("CORTADO_EMU_SETTINGS", "devices=0", "CUDA_VISIBLE_DEVICES", "7");
    String out = doctor(EmulatedCuda.folder(), hidden);
    assertThat(out)
        .containsPattern("ok +cuDNN 9 +9.5.1")
        .containsPattern("missing +devices +NVIDIA's driver finds no GPU");
    assertNext(out, "unset CUDA_VISIBLE_DEVICES, which is '7'");
  }

  @Test
  void aLibraryThatIsNone() throws Exception {
    Path broken =
        EmulatedCuda.copy(
            folder("broken"),
            "libcuda.so.1",
            "libnvrtc.so.12",
            "libcublasLt.so.12",
            "libcublas.so.12");
    Files.writeString(broken.resolve("libcudnn.so.9"), "not a library");
    String out = doctor(broken, Map.of());
    assertThat(out)
        .containsPattern("wrong +libcudnn.so.9 +" + broken + "/libcudnn.so.9 cannot be loaded");
    assertNext(out, "install it anew");
  }

  @Test
  void kernelFolderThatCannotBeWritten() throws Exception {
    Path cache = closed();
    String out = doctor(EmulatedCuda.folder(), Map.of(), "-Dcortado.cuda.cache=" + cache);
    // It costs a compilation at each start, and nothing else.
    assertThat(out)
        .containsPattern("wrong +kernel cache +" + cache + " cannot be written")
        .contains("kernels are compiled at each start", "cuda can be used: --device cuda");
    assertNext(out, "set -Dcortado.cuda.cache to a folder of your own");
  }

  @Test
  void unpackFolderThatCannotBeWritten() throws Exception {
    String out = doctor(EmulatedCuda.folder(), Map.of(), "-Djava.io.tmpdir=" + closed());
    assertThat(out).contains("JCuda's natives cannot be unpacked into");
    assertNext(out, "set -Djava.io.tmpdir to a folder that can be written");
  }

  /** Returns a folder that cannot be written; below a file where the user is root. */
  private Path closed() throws IOException {
    Path closed = folder("closed");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    return Files.isWritable(closed)
        ? Files.writeString(dir.resolve("file"), "").resolve("folder")
        : closed;
  }

  @Test
  void everythingThere() throws Exception {
    Cli.Result r =
        EmulatedCuda.run(dir, List.of(), Cortado.class.getName(), "doctor"); // by CORTADO_CUDA_HOME
    assertThat(r.code()).as("%s%s", r.out(), r.err()).isZero();
    String folder = EmulatedCuda.folder().toString();
    assertThat(r.out())
        .containsPattern("ok +NVIDIA's driver +for CUDA 12.6, " + folder + "/libcuda.so.1")
        .containsPattern("ok +NVRTC 12 +12.6, " + folder + "/libnvrtc.so.12")
        .containsPattern("ok +cuBLAS 12 +12.6.0, " + folder + "/libcublas.so.12")
        .containsPattern("ok +cuDNN 9 +9.5.1, " + folder + "/libcudnn.so.9")
        .containsPattern("ok +device 0 +emulated .*compute capability 9.0.*8.0 GiB")
        .containsPattern("ok +kernel cache +" + dir.resolve("kernels") + ", writable")
        .containsPattern("right +matrix product")
        .containsPattern("right +convolution")
        .containsPattern("right +cross-entropy")
        .contains("cuda can be used: --device cuda")
        .doesNotContain("do next", "WRONG", "FAILED");
  }

  @Test
  void noEmulatedLibraryIsReleased() throws IOException {
    Pattern emulated = Pattern.compile("lib(cuda|nvrtc|cublas|cublasLt|cudnn)\\.so.*");
    String[] classPath = System.getProperty("java.class.path").split(File.pathSeparator);
    assertThat(classPath).anyMatch(entry -> entry.contains("cuda"));
    for (String entry : classPath) {
      Path place = Path.of(entry);
      if (!Files.exists(place)) {
        continue;
      }
      try (FileSystem jar = Files.isDirectory(place) ? null : FileSystems.newFileSystem(place);
          Stream<Path> files = Files.walk(jar == null ? place : jar.getPath("/"))) {
        assertThat(files.filter(f -> f.getFileName() != null))
            .as(entry)
            .noneMatch(f -> emulated.matcher(f.getFileName().toString()).matches());
      }
    }
  }

  @Test
  void wrongResultsAreAnError() throws Exception {
    Path services = folder("services/META-INF/services");
    Files.writeString(
        services.resolve("io.cortado.backend.BackendProvider"),
        WrongProvider.class.getName() + "\n");
    String classes =
        folder("services") + File.pathSeparator + System.getProperty("java.class.path");
    Cli.Result r =
        EmulatedCuda.run(
            dir,
            Map.of(),
            List.of("-Dcortado.cuda.libraries=" + folder("none"), "-cp", classes),
            Cortado.class.getName(),
            "doctor");
    assertThat(r.code()).as("%s%s", r.out(), r.err()).isEqualTo(1);
    assertThat(r.out())
        .containsPattern("WRONG +matrix product +differs from the CPU's by 1.0e\\+00")
        .containsPattern("right +convolution")
        .containsPattern("WRONG +cross-entropy +differs from the CPU's by NaN")
        .contains("wrong must not be used: its results are not the CPU's");
  }
}

package io.cortado.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The jars as others get them. */
final class JarsTest {

  private static final Path INSTALLED = Path.of(System.getProperty("installed.jars"));

  private static Stream<Path> classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of);
  }

  @Test
  void theBomNamesEveryPublishedModule() throws IOException {
    Path bom = INSTALLED.resolve("io/cortado/cortado-bom");
    String text;
    try (Stream<Path> files = Files.walk(bom)) {
      text =
          Files.readString(
              files.filter(p -> p.toString().endsWith(".pom")).findFirst().orElseThrow());
    }
    assertThat(text).as("whoever imports it gets ours alone").doesNotContain("<parent>");
    Set<String> named =
        Pattern.compile("<artifactId>cortado-(\\w+)</artifactId>\\s*<version>\\$")
            .matcher(text)
            .results()
            .map(m -> m.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).containsExactly("core", "cpu", "cuda", "models", "tck");
  }

  @Test
  void everyJarSaysItsModulesName() {
    List<Path> jars =
        classPath().filter(p -> p.getFileName().toString().matches("cortado-.*\\.jar")).toList();
    assertThat(jars).as("tested are jars, not folders of classes").hasSize(5);
    for (Path jar : jars) {
      ModuleReference module = ModuleFinder.of(jar).findAll().iterator().next();
      String name = jar.getFileName().toString().replaceFirst("-\\d.*", "").replace('-', '.');
      assertThat(module.descriptor().name()).isEqualTo("io." + name);
      assertThat(module.descriptor().isAutomatic()).isTrue();
    }
  }

  @Test
  void backendsAreFoundOnTheModulePathToo() throws Exception {
    ModuleFinder jars =
        ModuleFinder.of(
            classPath()
                .filter(p -> p.toString().matches(".*(cortado-c|slf4j-api|jackson-|jspecify).*"))
                .toArray(Path[]::new));
    ModuleLayer boot = ModuleLayer.boot();
    Configuration resolved =
        boot.configuration()
            .resolveAndBind(jars, ModuleFinder.of(), List.of("io.cortado.core", "io.cortado.cpu"));
    ModuleLayer layer = boot.defineModulesWithOneLoader(resolved, null);
    Class<?> service =
        layer.findLoader("io.cortado.core").loadClass("io.cortado.backend.BackendProvider");
    assertThat(ServiceLoader.load(layer, service).stream().map(p -> p.type().getModule().getName()))
        .contains("io.cortado.cpu");
  }
}

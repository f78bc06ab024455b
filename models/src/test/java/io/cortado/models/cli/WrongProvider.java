package io.cortado.models.cli;

import io.cortado.backend.Backend;
import io.cortado.backend.BackendOptions;
import io.cortado.backend.BackendProvider;
import io.cortado.backend.Finding;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.ServiceLoader;

/** The CPU, with matrix products of twice the size, and without losses. */
public final class WrongProvider implements BackendProvider {

  /** For the service loader. */
  public WrongProvider() {}

  @Override
  public String name() {
    return "wrong";
  }

  @Override
  public int priority() {
    return 1;
  }

  @Override
  public Availability probe() {
    return new Availability(true, "it is always there");
  }

  @Override
  public List<Finding> diagnose() {
    return List.of();
  }

  @Override
  public Backend open(BackendOptions options) {
    Backend cpu =
        ServiceLoader.load(BackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(p -> p.name().equals("cpu"))
            .findFirst()
            .orElseThrow()
            .open(options);
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (self, method, args) -> {
              if (method.getName().equals("crossEntropy")) {
                return null;
              }
              if (method.getName().equals("gemm")) {
                args[1] = 2f;
              }
              try {
                return method.invoke(cpu, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}

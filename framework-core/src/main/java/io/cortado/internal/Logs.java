package io.cortado.internal;

import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Gives loggers that say nothing where no SLF4J provider is there.
 *
 * <p>SLF4J itself would write three lines to standard error to tell that it has no provider: a
 * library that nobody asked to log should not make it do so.
 */
public final class Logs {

  /** Names a provider's class to SLF4J, which then looks for no other. */
  private static final String PROVIDER = "slf4j.provider";

  private static final boolean WANTED = wanted();

  private Logs() {}

  /** Returns a class's logger. */
  public static Logger of(Class<?> owner) {
    return WANTED ? LoggerFactory.getLogger(owner) : NOPLogger.NOP_LOGGER;
  }

  /** Looks where SLF4J looks. */
  private static boolean wanted() {
    ClassLoader loader = LoggerFactory.class.getClassLoader();
    return System.getProperty(PROVIDER) != null
        || ServiceLoader.load(SLF4JServiceProvider.class, loader).stream().findAny().isPresent();
  }
}

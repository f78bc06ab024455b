package io.cortado.models.data;

import java.util.Optional;

/**
 * A published set of data, whatever is in it.
 *
 * <p>It is looked for in the {@link DataHome}'s places and, where it can be, downloaded.
 */
public interface DataSet {

  /**
   * What is known of a set without reading it.
   *
   * @param name what the command line calls it
   * @param description one line
   * @param size how much is in it, {@code "506 rows of 13 numbers"} for example
   * @param source who made it, and where it was published
   * @param licence under which terms it may be used
   */
  record About(String name, String description, String size, String source, String licence) {}

  /** Returns what is known of it without reading it. */
  About about();

  /**
   * Returns where its files are, for a list; empty if they have to be downloaded.
   *
   * @param home where to look
   */
  Optional<String> location(DataHome home);

  /**
   * Brings the files to this machine, if they are not here already, and checks them.
   *
   * @throws io.cortado.data.DataException if that fails; what was downloaded so far is kept for the
   *     next attempt
   */
  void fetch(DataHome home);
}

package io.cortado.models.data;

import java.util.Optional;
import java.util.function.Function;

/** A published table of numbers. */
public final class TableDataSet implements DataSet {

  private final About about;
  private final Function<DataHome, Optional<String>> location;
  private final Function<DataHome, Table> reader;

  /** Makes a set that is read from files of a home. */
  TableDataSet(
      About about,
      Function<DataHome, Optional<String>> location,
      Function<DataHome, Table> reader) {
    this.about = about;
    this.location = location;
    this.reader = reader;
  }

  /** Makes a set that comes with this module. */
  TableDataSet(About about, Function<CsvTable, Table> parser) {
    this(
        about,
        home -> Optional.of("comes with Cortado"),
        home -> parser.apply(Tables.resource(about.name(), home)));
  }

  @Override
  public About about() {
    return about;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return location.apply(home);
  }

  @Override
  public void fetch(DataHome home) {
    read(home);
  }

  /**
   * Reads it.
   *
   * @throws io.cortado.data.DataException if it is nowhere to be had, or a file is not what it
   *     should be
   */
  public Table read(DataHome home) {
    return reader.apply(home);
  }
}

package io.cortado.cuda.mutation;

import java.util.List;
import java.util.stream.Stream;

/** The faults that are planted. Each family has a class of its own. */
final class Faults {

  static final String BACKEND = "java/io/cortado/cuda/";
  static final String KERNELS = "resources/kernels/";

  /** What a test of values says where they are wrong. */
  static final String WRONG_VALUE = "Expecting|expected|differ|but was|tolerance";

  static final List<Mutant> ALL =
      Stream.of(
              StreamFaults.list(),
              MemoryFaults.list(),
              LibraryFaults.list(),
              RecurrentFaults.list(),
              LaunchFaults.list(),
              KernelFaults.list(),
              ArithmeticFaults.list(),
              ProgramFaults.list(),
              SequenceFaults.list())
          .flatMap(List::stream)
          .toList();

  private Faults() {}
}

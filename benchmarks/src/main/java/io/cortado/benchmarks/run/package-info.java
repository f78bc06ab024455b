/** Runs the sides against each other and writes the tables. */
@NullMarked
package io.cortado.benchmarks.run;

import org.jspecify.annotations.NullMarked;

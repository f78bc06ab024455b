/** DL4J as a side of the comparison. */
@NullMarked
package io.cortado.benchmarks.dl4j;

import org.jspecify.annotations.NullMarked;

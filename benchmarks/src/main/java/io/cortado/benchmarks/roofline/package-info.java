/**
 * How near each family of kernels comes to the machine's limit: the loops that are the limit, the
 * kernels, and the command that prints the table.
 */
@NullMarked
package io.cortado.benchmarks.roofline;

import org.jspecify.annotations.NullMarked;

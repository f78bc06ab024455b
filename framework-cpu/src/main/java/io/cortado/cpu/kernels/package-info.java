/**
 * The operations of the CPU backend.
 *
 * <p>A kernel splits its work into blocks that depend on the spec alone, never on the number of
 * workers, and combines the blocks' results in a fixed order: results are the same bits for any
 * number of threads.
 */
@NullMarked
package io.cortado.cpu.kernels;

import org.jspecify.annotations.NullMarked;

/**
 * The pure-Java backend.
 *
 * <p>{@link io.cortado.cpu.CpuBackend} is the end of a chain of classes, one for each of {@link
 * io.cortado.backend.Backend}'s groups of operations.
 */
@NullMarked
package io.cortado.cpu;

import org.jspecify.annotations.NullMarked;

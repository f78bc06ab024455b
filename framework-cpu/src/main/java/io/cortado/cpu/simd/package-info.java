/**
 * Loops over float arrays, by the Vector API or by scalar code; the only package that knows the
 * Vector API.
 *
 * <p>Every interface here has two implementations. The scalar one loads and runs where the module
 * {@code jdk.incubator.vector} is absent; {@link io.cortado.cpu.simd.Simd} chooses, once.
 */
@NullMarked
package io.cortado.cpu.simd;

import org.jspecify.annotations.NullMarked;

/**
 * The conformance kit: one set of tests that every backend passes.
 *
 * <p>A backend joins by one class:
 *
 * <pre>{@code
 * class CpuConformanceTest extends BackendConformance {
 *   @Override
 *   protected Backend open() {
 *     return new CpuBackendProvider().open(BackendOptions.DEFAULTS);
 *   }
 * }
 * }</pre>
 *
 * <p>To run one family alone, extend its suite instead: {@code class GemmTest extends GemmSuite}.
 * What is expected comes from three oracles: the double-precision loops of {@link
 * io.cortado.tck.reference}, values recorded from PyTorch ({@link io.cortado.tck.TorchSuite}), and
 * central finite differences ({@link io.cortado.tck.GradientSuite}). Operands lie between guards of
 * NaN, so that a read beside one shows in the result and a write beside one is found; outputs are
 * filled with NaN before each call.
 */
@NullMarked
package io.cortado.tck;

import org.jspecify.annotations.NullMarked;

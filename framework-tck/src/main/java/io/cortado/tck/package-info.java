/** The conformance kit: one set of tests that every backend passes. */
@NullMarked
package io.cortado.tck;

import org.jspecify.annotations.NullMarked;

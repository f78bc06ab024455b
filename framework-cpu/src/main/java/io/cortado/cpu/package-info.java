/** The pure-Java backend. */
@NullMarked
package io.cortado.cpu;

import org.jspecify.annotations.NullMarked;

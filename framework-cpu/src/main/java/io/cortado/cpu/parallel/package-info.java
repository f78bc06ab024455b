/** The worker threads of the CPU backend. */
@NullMarked
package io.cortado.cpu.parallel;

import org.jspecify.annotations.NullMarked;

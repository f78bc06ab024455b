/** The command line. */
@NullMarked
package io.cortado.models.cli;

import org.jspecify.annotations.NullMarked;

/** The reference models, the data sets they learn from, and the command line. */
@NullMarked
package io.cortado.models;

import org.jspecify.annotations.NullMarked;

/** What every side of a comparison is given, and how its process measures. Knows no framework. */
@NullMarked
package io.cortado.benchmarks.sides;

import org.jspecify.annotations.NullMarked;

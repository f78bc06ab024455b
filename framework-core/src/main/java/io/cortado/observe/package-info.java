/** Looking at what is computed: where it breaks down, and what takes the time. */
@org.jspecify.annotations.NullMarked
package io.cortado.observe;

/**
 * Faults planted on purpose, one at a time, in the backend and its kernels: the tests have to find
 * each. See docs/cuda-mutants.md.
 */
package io.cortado.cuda.mutation;

/** Tests of the launchers. */
package io.cortado.cuda.dnn;

/** A class that DL4J M2.1 looks for in a package it has left. */
@org.jspecify.annotations.NullMarked
package org.nd4j.nativeblas;

/** Products of 8-bit integers by oneDNN, through JavaCPP, for core's encoder. */
@NullMarked
package dev.albert4j.onednn;

import org.jspecify.annotations.NullMarked;

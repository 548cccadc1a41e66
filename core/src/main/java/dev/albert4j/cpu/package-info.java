/** The pure-Java encoder. */
@NullMarked
package dev.albert4j.cpu;

import org.jspecify.annotations.NullMarked;

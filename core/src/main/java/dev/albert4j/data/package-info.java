/** Readers of labelled text. */
@NullMarked
package dev.albert4j.data;

import org.jspecify.annotations.NullMarked;

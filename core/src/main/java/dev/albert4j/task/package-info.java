/** Tasks: an encoder, a head and the decoding of its answer. */
@NullMarked
package dev.albert4j.task;

import org.jspecify.annotations.NullMarked;

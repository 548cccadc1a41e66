/** Measures of a model's answers. */
@NullMarked
package dev.albert4j.metric;

import org.jspecify.annotations.NullMarked;

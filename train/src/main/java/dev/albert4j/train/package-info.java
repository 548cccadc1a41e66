/** Training on libtorch. */
@NullMarked
package dev.albert4j.train;

import org.jspecify.annotations.NullMarked;

/** Makes vocabularies from text. */
@NullMarked
package dev.albert4j.tokenize.train;

import org.jspecify.annotations.NullMarked;

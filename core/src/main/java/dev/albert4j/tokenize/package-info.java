/** Tokenizers: text to ids and offsets, and back. */
@NullMarked
package dev.albert4j.tokenize;

import org.jspecify.annotations.NullMarked;

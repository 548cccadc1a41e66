/** Raw text for pre-training: from files to sentences, to a store of token ids, to examples. */
@NullMarked
package dev.albert4j.corpus;

import org.jspecify.annotations.NullMarked;

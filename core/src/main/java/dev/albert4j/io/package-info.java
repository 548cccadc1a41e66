/** Files: tensors in the formats of the field, and writing them whole or not at all. */
@NullMarked
package dev.albert4j.io;

import org.jspecify.annotations.NullMarked;

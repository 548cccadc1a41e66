/** The command line. */
@NullMarked
package dev.albert4j.cli;

import org.jspecify.annotations.NullMarked;

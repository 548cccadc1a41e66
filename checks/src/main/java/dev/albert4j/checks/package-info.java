/** Checks across modules: architecture rules, engines against each other, benchmarks. */
@NullMarked
package dev.albert4j.checks;

import org.jspecify.annotations.NullMarked;

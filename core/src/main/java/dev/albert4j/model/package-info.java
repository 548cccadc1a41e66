/** What an ALBERT is: configuration, parameters, model directories, batches and the encoder interface. */
@NullMarked
package dev.albert4j.model;

import org.jspecify.annotations.NullMarked;

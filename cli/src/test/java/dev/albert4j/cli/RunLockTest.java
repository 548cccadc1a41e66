package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunLockTest {
    @TempDir
    Path parent;

    @Test
    void whoAwaitsALockGetsItWhenTheOtherIsDone() throws Exception {
        Path directory = parent.resolve("tokens");
        RunLock first = RunLock.of(directory);
        assertThatThrownBy(() -> RunLock.of(directory)).hasMessageContaining("tokens is in use by another run");
        CompletableFuture<RunLock> second = CompletableFuture.supplyAsync(() -> await(directory));
        Thread.sleep(300); // some polls
        assertThat(second).isNotDone();
        first.close();
        second.get().close();
        assertThat(directory).doesNotExist();
    }

    private static RunLock await(Path directory) {
        try {
            return RunLock.await(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

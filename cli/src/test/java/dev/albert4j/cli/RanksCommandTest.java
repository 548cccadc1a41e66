package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pre-training by several processes. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RanksCommandTest {
    @TempDir
    Path work;

    private Path corpus = Path.of("");

    @BeforeEach
    void writeACorpus() throws IOException {
        corpus = Workshop.documents(work.resolve("corpus.txt"));
    }

    private Object[] pretrain(String output, Object... options) {
        List<Object> args = new ArrayList<>(List.of("pretrain", "--config", Workshop.scratch(), "--corpus", corpus));
        args.addAll(List.of("--output", work.resolve(output), "--batch-size=8", "--max-length=40", "--dev-share=0.1"));
        args.addAll(Arrays.asList(options));
        return args.toArray();
    }

    private List<Double> losses(String output) throws IOException {
        return Workshop.losses(work.resolve(output).resolve("log.jsonl"));
    }

    private byte[] weights(String output) throws IOException {
        return Files.readAllBytes(work.resolve(output).resolve("model.safetensors"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void twoCommandsTrainTheModelOfOneProcessWithTwoThreads() throws Exception {
        CommandRun.of(pretrain("one", "--steps=12", "--threads=2", "--evaluate-every=6"))
                .succeeds();
        String master = "--master=127.0.0.1:" + freePort();
        Object[] options = {"--steps=12", "--threads=1", "--evaluate-every=6", "--ranks=2", master, "--rank=1"};
        try (RunningCommand rank1 = new RunningCommand(pretrain("two", options))) {
            options[options.length - 1] = "--rank=0";
            CommandRun rank0 = CommandRun.of(pretrain("two", options)).succeeds();
            assertThat(rank0.err())
                    .contains("waits for the other ranks at 127.0.0.1:", "epoch 1, step 6: MLM accuracy");
            assertThat(rank1.status()).isZero();
            assertThat(rank1.lastLine()).startsWith("trains as rank 1 of 2; ");
        }
        assertThat(losses("two")).isEqualTo(losses("one")).hasSize(12);
        assertThat(weights("two")).isEqualTo(weights("one"));
        assertThat(Workshop.tree(work)).noneMatch(name -> name.contains(".run"));
    }

    @Test
    void aKilledProcessEndsTheOthersAndTheSameCommandGoesOnToTheSameLosses() throws Exception {
        CommandRun.of(pretrain("one", "--steps=80", "--evaluate-every=10", "--threads=2"))
                .succeeds();
        Object[] args = pretrain("two", "--steps=80", "--evaluate-every=10", "--processes=2", "--threads=1");
        try (RunningCommand run = new RunningCommand(args)) {
            run.await("epoch ");
            run.await("epoch ");
            assertThat(run.killChildren()).isEqualTo(1);
            assertThat(run.status()).isEqualTo(1);
            assertThat(run.lastLine())
                    .startsWith("albert pretrain: rank 0 lost another of the 2 ranks: ")
                    .contains("; training ended after step ", " of 80; start all ranks again with the same settings")
                    .endsWith("two.run");
        }
        CommandRun resumed = CommandRun.of(args).succeeds();
        assertThat(resumed.err()).contains("going on with the unfinished run after step ");
        assertThat(losses("two")).isEqualTo(losses("one")).hasSize(80);
        assertThat(weights("two")).isEqualTo(weights("one"));
        assertThat(Workshop.tree(work)).noneMatch(name -> name.contains(".run"));
    }

    @Test
    void wrongRanksAreAnsweredWithOneLine() {
        assertFails("--processes 0 is not between 1 and 256", "--processes=0");
        assertFails("--processes 1000 is not between 1 and 256", "--processes=1000");
        assertFails("--processes excludes --rank, --ranks and --master", "--processes=2", "--rank=0");
        assertFails("--rank, --ranks and --master belong together; --ranks is missing", "--rank=0");
        assertFails("--master is missing", "--rank=0", "--ranks=2");
        assertFails("--ranks 1 is less than 2", "--rank=0", "--ranks=1", "--master=localhost:4000");
        assertFails("--rank 2 is not from 0 to 1", "--rank=2", "--ranks=2", "--master=localhost:4000");
        assertFails("--rank -1 is not from 0 to 1", "--rank=-1", "--ranks=2", "--master=localhost:4000");
        for (String master : List.of("localhost", "localhost:", "localhost:0", ":4000", "localhost:65536", "a:b")) {
            assertFails(
                    "--master " + master + " is not HOST:PORT with a port from 1 to 65535",
                    "--rank=1",
                    "--ranks=2",
                    "--master=" + master);
        }
        assertFails("there is no host nowhere.invalid", "--rank=1", "--ranks=2", "--master=nowhere.invalid:4000");
        assertFails("is no address of one machine", "--rank=1", "--ranks=2", "--master=0.0.0.0:4000");
        assertThat(work.resolve("model.run")).doesNotExist();
    }

    private void assertFails(String problem, Object... options) {
        assertThat(CommandRun.of(pretrain("model", options)).fails())
                .contains(problem)
                .startsWith("albert pretrain: ");
    }
}

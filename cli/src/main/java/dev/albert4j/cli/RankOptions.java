package dev.albert4j.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many processes train together, and which of them this one is. */
final class RankOptions {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_PROCESSES = 256; // of one machine

    @Option(
            names = "--processes",
            paramLabel = "N",
            description =
                    "train in N processes on this machine, each with --threads (default: the cores divided by N); a batch is shared out")
    private @Nullable Integer processes;

    @Option(
            names = "--rank",
            paramLabel = "R",
            description =
                    "or give one command per process, on several machines: this is number R, from 0; 0 keeps the run and the result")
    private @Nullable Integer rank;

    @Option(names = "--ranks", paramLabel = "N", description = "how many there are")
    private @Nullable Integer ranks;

    @Option(
            names = "--master",
            paramLabel = "HOST:PORT",
            description = "where number 0 listens; the others wait five minutes for it")
    private @Nullable String master;

    /**
     * Checks what was given.
     *
     * @throws IllegalArgumentException if it makes no sense
     */
    RankOptions check() {
        if (processes != null) {
            if (rank != null || ranks != null || master != null) {
                throw new IllegalArgumentException("--processes excludes --rank, --ranks and --master");
            }
            if (processes < 1 || processes > MAX_PROCESSES) {
                throw new IllegalArgumentException(
                        "--processes " + processes + " is not between 1 and " + MAX_PROCESSES);
            }
        } else if (rank != null || ranks != null || master != null) {
            checkPlace(given("--rank", rank), given("--ranks", ranks));
            address(given("--master", master));
        }
        return this;
    }

    private static <T> T given(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("--rank, --ranks and --master belong together; " + name + " is missing");
        }
        return value;
    }

    private static void checkPlace(int rank, int ranks) {
        if (ranks < 2) {
            throw new IllegalArgumentException("--ranks " + ranks + " is less than 2");
        }
        if (rank < 0 || rank >= ranks) {
            throw new IllegalArgumentException("--rank " + rank + " is not from 0 to " + (ranks - 1));
        }
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}") || port.matches("0+") || Integer.parseInt(port) > MAX_PORT) {
            throw new IllegalArgumentException(
                    "--master " + text + " is not HOST:PORT with a port from 1 to " + MAX_PORT);
        }
        InetSocketAddress address = new InetSocketAddress(text.substring(0, colon), Integer.parseInt(port));
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("--master " + text + ": there is no host " + text.substring(0, colon));
        }
        if (address.getAddress().isAnyLocalAddress()) {
            throw new IllegalArgumentException(
                    "--master " + text + " is no address of one machine; give one of rank 0's that the others reach");
        }
        return address;
    }

    /** Number of this process. */
    int rank() {
        return rank == null ? 0 : rank;
    }

    /** Number of all processes. */
    int size() {
        return processes != null ? processes : ranks != null ? ranks : 1;
    }

    /** Whether this process is to start the others. */
    boolean launches() {
        return processes != null && processes > 1;
    }

    /** Where rank 0 listens: any port of this machine, where it starts the others. */
    InetSocketAddress master() {
        return master == null ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0) : address(master);
    }
}

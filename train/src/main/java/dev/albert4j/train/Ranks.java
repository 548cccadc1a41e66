package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.set_env;
import static org.bytedeco.pytorch.global.torch.zeros;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.AllreduceOptions;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;
import org.jspecify.annotations.Nullable;

/**
 * The processes that train one model together, seen from one of them: libtorch's own c10d, over Gloo, and over NCCL for tensors
 * on GPUs. What is added up is bit for bit the same on all ranks. All ranks must ask for the same things in the same order. Not
 * thread-safe.
 *
 * <p>A rank whose process ends is missed by the others at once; one whose machine vanishes from the network, after half an hour
 * (a day in {@link #awaitOthers}): a rank may have to wait while rank 0 evaluates. So is one that ends while NCCL adds up, if
 * NCCL does not notice.
 */
@SuppressWarnings("try") // scopes act by being open
public final class Ranks implements AutoCloseable {
    private static final Duration STEP_PATIENCE = Duration.ofMinutes(30);
    private static final Duration PREPARATION_PATIENCE = Duration.ofDays(1);
    private static final int POLL_MILLIS = 50;
    private static final int CONNECT_MILLIS = 2_000;
    private static final String SIZE = "size";

    private final int rank;
    private final int size;
    private final Duration patience;
    private final InetSocketAddress master;
    private final String local; // address of this machine that the others can reach
    private final @Nullable TCPStore store;
    private @Nullable Backend group;
    private @Nullable Backend gpus; // made when a GPU's tensor is first sent

    private Ranks(
            int rank, int size, InetSocketAddress master, Duration patience, String local, @Nullable TCPStore store) {
        this.rank = rank;
        this.size = size;
        this.master = master;
        this.patience = patience;
        this.local = local;
        this.store = store;
    }

    /** A single process: nothing is sent anywhere. */
    public static Ranks alone() {
        return new Ranks(0, 1, new InetSocketAddress(0), Duration.ZERO, "", null);
    }

    /**
     * Opens the way to the others: rank 0 listens, another connects to it. {@link #meet} completes it.
     *
     * @param rank of this process, from 0
     * @param size number of ranks: at least 2
     * @param master address of rank 0's machine; with port 0 rank 0 takes any free {@link #port}
     * @param patience how long to wait for the others, here and in {@link #meet}
     * @throws IllegalArgumentException if there is no such rank
     * @throws IOException if rank 0 cannot listen there, or cannot be reached in time, or has another size, or has this rank already
     */
    public static Ranks open(int rank, int size, InetSocketAddress master, Duration patience) throws IOException {
        if (size < 2 || rank < 0 || rank >= size) {
            throw new IllegalArgumentException("rank " + rank + " of " + size + " is not one of several");
        }
        InetAddress local = rank == 0 ? master.getAddress() : reach(master, patience);
        TCPStore store = store(rank, master, patience);
        InetSocketAddress found = new InetSocketAddress(master.getAddress(), store.getPort() & 0xffff);
        Ranks ranks = new Ranks(rank, size, found, patience, local.getHostAddress(), store);
        try {
            ranks.register();
            return ranks;
        } catch (IOException | RuntimeException e) {
            ranks.close();
            throw e;
        }
    }

    /** Waits until rank 0 listens; gives the address of this machine on the way to it. */
    private static InetAddress reach(InetSocketAddress master, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(master, CONNECT_MILLIS);
                return socket.getLocalAddress();
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(
                            "rank 0 cannot be reached at " + text(master) + " within " + patience.toSeconds() + " s: "
                                    + e.getMessage(),
                            e);
                }
            }
            pause();
        }
    }

    private static TCPStore store(int rank, InetSocketAddress master, Duration patience) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            TCPStoreOptions options = new TCPStoreOptions();
            options.port((short) master.getPort())
                    .isServer(rank == 0)
                    .waitWorkers(false)
                    .timeout(millis(patience));
            return Tensors.keep(new TCPStore(master.getAddress().getHostAddress(), options));
        } catch (RuntimeException e) {
            throw new IOException(
                    (rank == 0 ? "cannot listen at " : "no rank 0 answers at ") + text(master) + ": " + problem(e), e);
        }
    }

    /** Two of one number, or two numbers of ranks, would wait for each other without end. */
    private void register() throws IOException {
        Store meeting = store(); // as what it declares set and get for strings
        if (rank == 0) {
            meeting.set(SIZE, Integer.toString(size));
        }
        String expected = read(SIZE);
        if (!expected.equals(Integer.toString(size))) {
            throw new IOException(
                    "rank 0 at " + text(master) + " has " + expected + " ranks, rank " + rank + " has " + size);
        }
        if (meeting.add(key(rank), 1) > 1) {
            throw new IOException("there is another rank " + rank + " with rank 0 at " + text(master));
        }
    }

    /** Waits for a text. Not in libtorch, which would log a stack trace if rank 0 went away meanwhile. */
    private String read(String name) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!has(name)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("rank 0 at " + text(master) + " says nothing of " + name + " within "
                        + patience.toSeconds() + " s");
            }
            pause();
        }
        return store().get_to_str(name);
    }

    private boolean has(String name) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            return store().check(new StringVector(name));
        } catch (RuntimeException e) {
            throw new IOException("rank 0 at " + text(master) + " is gone: " + problem(e), e);
        }
    }

    private static String key(int rank) {
        return "rank " + rank;
    }

    private TCPStore store() {
        if (store == null) {
            throw new IllegalStateException("a single process has nobody to meet");
        }
        return store;
    }

    /** Number of this process, from 0. Rank 0 evaluates and keeps checkpoints and the result. */
    public int rank() {
        return rank;
    }

    /** Number of processes. */
    public int size() {
        return size;
    }

    /** Where rank 0 listens. */
    public int port() {
        return master.getPort();
    }

    /**
     * Waits for the others and connects to them.
     *
     * @param meanwhile called again and again while waiting; may throw
     * @throws IOException if not all come in time, or rank 0 goes away
     */
    public void meet(Runnable meanwhile) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (List<Integer> missing = missing(); !missing.isEmpty(); missing = missing()) {
            meanwhile.run();
            if (System.nanoTime() > deadline) {
                throw new IOException("of " + size + " ranks, " + missing + " did not come to " + text(master)
                        + " within " + patience.toSeconds() + " s");
            }
            pause();
        }
        try (PointerScope scope = new PointerScope()) {
            group = Tensors.keep(connect());
        } catch (RuntimeException e) {
            throw new IOException("rank " + rank + " cannot connect to the other ranks: " + problem(e), e);
        }
    }

    private List<Integer> missing() throws IOException {
        List<Integer> missing = new ArrayList<>();
        for (int other = 0; other < size; other++) {
            if (!has(key(other))) {
                missing.add(other);
            }
        }
        return missing;
    }

    /** The one place that knows Gloo: for numbers, and for tensors on processors. */
    private Backend connect() {
        ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(millis(STEP_PATIENCE));
        options.threads(1); // one thing at a time is asked for
        options.devices().push_back(ProcessGroupGloo.createDeviceForHostname(local));
        return new ProcessGroupGloo(connection(), rank, size, options);
    }

    /** To rank 0's store, as c10d wants it: counted by libtorch, which {@link #store} is not. */
    private Store connection() {
        return store().clone();
    }

    /**
     * Waits until all ranks are here, for a day: each may have a corpus to prepare.
     *
     * @throws LostRankException if one is gone
     */
    void awaitOthers() {
        sum(PREPARATION_PATIENCE, 0);
    }

    /**
     * The sum over all ranks of each of some numbers.
     *
     * @throws LostRankException if a rank is gone
     */
    double[] sum(double... values) {
        return sum(STEP_PATIENCE, values);
    }

    private double[] sum(Duration timeout, double... values) {
        if (size == 1) {
            return values.clone();
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor tensor = zeros(new long[] {values.length}, new TensorOptions(ScalarType.Double));
            tensor.data_ptr_double().put(values);
            sum(tensor, timeout);
            double[] sums = new double[values.length];
            tensor.data_ptr_double().get(sums);
            return sums;
        }
    }

    /**
     * Replaces a contiguous tensor by its sum over all ranks.
     *
     * @throws LostRankException if a rank is gone; then the tensor may hold anything
     */
    void sum(Tensor tensor) {
        if (size > 1) {
            try (PointerScope scope = new PointerScope()) {
                sum(tensor, STEP_PATIENCE);
            }
        }
    }

    private void sum(Tensor tensor, Duration timeout) {
        AllreduceOptions options = new AllreduceOptions();
        options.timeout(millis(timeout));
        Backend met = group(tensor);
        await(() -> met.allreduce(new TensorVector(tensor), options));
    }

    /**
     * Replaces contiguous tensors by rank 0's.
     *
     * @throws LostRankException if a rank is gone; then the tensors of ranks above 0 may hold anything
     */
    void takeFromRank0(Iterable<Tensor> tensors) {
        if (size > 1) {
            for (Tensor tensor : tensors) {
                try (PointerScope scope = new PointerScope()) {
                    Backend met = group(tensor);
                    await(() -> met.broadcast(new TensorVector(tensor.detach())));
                }
            }
        }
    }

    /**
     * What rank 0 says under a name that is used once.
     *
     * @param text what this rank says: goes to the others if it is rank 0's
     * @throws IOException if rank 0 is gone
     */
    String textOfRank0(String name, String text) throws IOException {
        if (rank == 0) {
            if (size > 1) {
                ((Store) store()).set(name, text);
            }
            return text;
        }
        return read(name);
    }

    private Backend group(Tensor tensor) {
        if (group == null) {
            throw new IllegalStateException("the ranks have not met");
        }
        if (!tensor.is_cuda()) {
            return group;
        }
        if (gpus == null) {
            gpus = Tensors.keep(connectGpus());
        }
        return gpus;
    }

    /**
     * The one place that knows NCCL.
     *
     * @throws WrongSettingException if NCCL does not load
     */
    Backend connectGpus() {
        set_env("TORCH_NCCL_BLOCKING_WAIT", "1"); // else a lost rank aborts the process instead of the wait
        try {
            ProcessGroupNCCL.Options options = ProcessGroupNCCL.Options.create();
            options.timeout(millis(STEP_PATIENCE));
            return new ProcessGroupNCCL(new PrefixStore("nccl", connection()), rank, size, options);
        } catch (LinkageError e) {
            throw new WrongSettingException(
                    "device",
                    "CUDA is not to be had by several ranks: that takes NCCL, and org.bytedeco:cuda on the class path: "
                            + e);
        }
    }

    private void await(Supplier<Work> begin) {
        try {
            begin.get()._wait();
        } catch (RuntimeException e) {
            throw new LostRankException(rank, size, problem(e), e);
        }
    }

    /** The first line of what libtorch says, without the place in its sources. */
    private static String problem(RuntimeException e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return line.replaceFirst("^\\[[^\\]]*\\.(cc|cpp|h):\\d+\\] *", "");
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    private static Milliseconds millis(Duration duration) {
        return new Milliseconds(duration.toMillis());
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for other ranks", e);
        }
    }

    /** Leaves: ranks that still want something of this one get a {@link LostRankException}. */
    @Override
    public void close() {
        for (Pointer pointer : new Pointer[] {gpus, group, store}) {
            if (pointer != null && !pointer.isNull()) {
                pointer.releaseReference();
            }
        }
    }
}

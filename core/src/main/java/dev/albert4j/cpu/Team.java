package dev.albert4j.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A caller and the threads that help it: they share the tasks of one job at a time. Jobs last microseconds, so workers
 * spin for a while before they sleep. The same share of the tasks goes to the same member each time, as its core has the
 * data; but who is done takes over what others have not begun.
 *
 * <p>One caller at a time may hold the team ({@link #tryEnter}, {@link #exit}) and {@link #run} jobs.
 */
final class Team implements AutoCloseable {
    private static final int SPINS_BEFORE_SLEEP = 20_000;
    private static final int SPINS_BEFORE_YIELD = 2_000;

    /** A piece of work. */
    @FunctionalInterface
    interface Task {
        /**
         * @param index of this piece, each run once
         * @param member who runs it, below {@link #size}: no two tasks with the same member run at once
         */
        void run(int index, int member);
    }

    private static final class Job {
        private static final int APART = 32; // counters on cache lines of their own

        final Task task;
        final int numTasks;
        final int numMembers;
        final AtomicIntegerArray next; // for each member, the next of its tasks
        final AtomicInteger numDone = new AtomicInteger();
        final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Job(Task task, int numTasks, int numMembers) {
            this.task = task;
            this.numTasks = numTasks;
            this.numMembers = numMembers;
            this.next = new AtomicIntegerArray(numMembers * APART);
        }

        /** First a member's own tasks, then what others have not begun. */
        void work(int member) {
            for (int i = 0; i < numMembers; i++) {
                int owner = (member + i) % numMembers;
                int from = numTasks * owner / numMembers;
                int to = numTasks * (owner + 1) / numMembers;
                int index = from + next.getAndIncrement(owner * APART);
                while (index < to) {
                    run(index, member);
                    index = from + next.getAndIncrement(owner * APART);
                }
            }
        }

        private void run(int index, int member) {
            try {
                task.run(index, member);
            } catch (Throwable e) { // handed to the caller
                failure.compareAndSet(null, e);
            } finally {
                numDone.incrementAndGet();
            }
        }
    }

    private final class Worker implements Runnable {
        private final int member;
        private volatile boolean sleeping;

        Worker(int member) {
            this.member = member;
        }

        @Override
        public void run() {
            Job last = null;
            while (!closed) {
                Job job = await(last);
                if (job != null) {
                    job.work(member);
                }
                last = job;
            }
        }

        private @Nullable Job await(@Nullable Job last) {
            for (int spin = 0; spin < SPINS_BEFORE_SLEEP; spin++) {
                Job job = current;
                if (job != last) {
                    return job;
                }
                Thread.onSpinWait();
            }
            sleeping = true;
            while (current == last && !closed) {
                LockSupport.park(Team.this);
            }
            sleeping = false;
            return current;
        }
    }

    private final ReentrantLock holder = new ReentrantLock();
    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Job current;
    private volatile boolean closed;

    private Team(int size) {
        for (int member = 1; member < size; member++) {
            Worker worker = new Worker(member);
            Thread thread = new Thread(worker, "albert4j-encoder-" + member);
            thread.setDaemon(true);
            workers.add(worker);
            threads.add(thread);
        }
    }

    /** The caller and {@code size - 1} threads. */
    static Team of(int size) {
        Team team = new Team(size);
        team.threads.forEach(Thread::start);
        return team;
    }

    /** The caller alone; may be used by any number of callers at once. */
    static Team alone() {
        return new Team(1);
    }

    /** Number of members, the caller among them. */
    int size() {
        return workers.size() + 1;
    }

    /** Takes hold of the team, if nobody has it and it is not closed. */
    boolean tryEnter() {
        if (closed || !holder.tryLock()) {
            return false;
        }
        if (closed) {
            holder.unlock();
            return false;
        }
        return true;
    }

    /** Gives back what {@link #tryEnter} took. */
    void exit() {
        current = null;
        holder.unlock();
    }

    /** Runs all tasks and returns when they are done; throws what one of them threw. */
    void run(int numTasks, Task task) {
        if (numTasks == 1 || workers.isEmpty()) {
            for (int index = 0; index < numTasks; index++) {
                task.run(index, 0);
            }
            return;
        }
        Job job = new Job(task, numTasks, size());
        current = job;
        for (int i = 0; i < workers.size(); i++) {
            if (workers.get(i).sleeping) {
                LockSupport.unpark(threads.get(i));
            }
        }
        job.work(0);
        for (int spin = 0; job.numDone.get() < numTasks; spin++) {
            if (spin < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        rethrow(job.failure.get());
    }

    private static void rethrow(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Waits for who holds the team, then ends the threads. */
    @Override
    public void close() {
        holder.lock();
        try {
            closed = true;
        } finally {
            holder.unlock();
        }
        threads.forEach(LockSupport::unpark);
    }
}

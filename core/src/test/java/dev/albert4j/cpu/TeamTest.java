package dev.albert4j.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class TeamTest {
    @Test
    void everyTaskRunsOnceAndIsDoneWhenRunReturns() {
        for (int size = 1; size <= 4; size++) {
            try (Team team = Team.of(size)) {
                assertThat(team.tryEnter()).isTrue();
                for (int numTasks = 0; numTasks < 50; numTasks++) {
                    AtomicIntegerArray runs = new AtomicIntegerArray(numTasks + 1);
                    team.run(numTasks, (index, member) -> runs.incrementAndGet(index));
                    for (int index = 0; index < numTasks; index++) {
                        assertThat(runs.get(index)).isEqualTo(1);
                    }
                }
                team.exit();
            }
        }
    }

    @Test
    void aMemberNeverRunsTwoTasksAtOnce() {
        try (Team team = Team.of(3)) {
            AtomicIntegerArray running = new AtomicIntegerArray(team.size());
            AtomicIntegerArray clashes = new AtomicIntegerArray(1);
            assertThat(team.tryEnter()).isTrue();
            team.run(2000, (index, member) -> {
                if (running.incrementAndGet(member) > 1) {
                    clashes.incrementAndGet(0);
                }
                Thread.yield();
                running.decrementAndGet(member);
            });
            team.exit();
            assertThat(clashes.get(0)).isZero();
        }
    }

    @Test
    void aTasksFailureReachesTheCallerAndTheTeamGoesOn() {
        try (Team team = Team.of(2)) {
            assertThat(team.tryEnter()).isTrue();
            assertThatThrownBy(() -> team.run(10, (index, member) -> {
                        if (index == 7) {
                            throw new IllegalStateException("seven");
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("seven");
            AtomicIntegerArray runs = new AtomicIntegerArray(10);
            team.run(10, (index, member) -> runs.incrementAndGet(index));
            assertThat(runs.get(9)).isEqualTo(1);
            team.exit();
        }
    }

    @Test
    void sleepingMembersWakeUp() throws InterruptedException {
        try (Team team = Team.of(2)) {
            assertThat(team.tryEnter()).isTrue();
            for (int i = 0; i < 5; i++) {
                Thread.sleep(20); // longer than members spin
                AtomicIntegerArray members = new AtomicIntegerArray(team.size());
                team.run(2, (index, member) -> {
                    members.incrementAndGet(member);
                    sleep(50); // so that the caller cannot do both in the time the other needs to wake up
                });
                assertThat(members.get(1)).isEqualTo(1);
            }
            team.exit();
        }
    }

    @Test
    void onlyOneCallerHoldsItAndNobodyOnceItIsClosed() {
        Team team = Team.of(2);
        assertThat(team.tryEnter()).isTrue();
        Boolean other = CompletableFuture.supplyAsync(team::tryEnter).join();
        assertThat(other).isFalse();
        team.exit();
        team.close();
        assertThat(team.tryEnter()).isFalse();
        team.close();
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LossSpikesTest {
    private static StepReport step(long step, double loss) {
        return new StepReport(step, 1000, 0, loss, 1, 0.1, 100, 100);
    }

    @Test
    void aLossFarAboveThoseBeforeItIsASpikeAndDoesNotHideTheNext() {
        SplittableRandom random = new SplittableRandom(1);
        LossSpikes spikes = new LossSpikes();
        for (int i = 1; i <= 300; i++) {
            double loss = 5 - i * 0.005 + random.nextDouble() * 0.2;
            boolean spikes200 = i == 200 || i == 201;
            assertThat(spikes.add(step(i, spikes200 ? 9 : loss)).isPresent())
                    .as("step " + i)
                    .isEqualTo(spikes200);
        }
        LossSpikes.Spike spike = spikes.add(step(301, 8)).orElseThrow();
        assertThat(spike.step()).isEqualTo(301);
        assertThat(spike.loss()).isEqualTo(8);
        assertThat(spike.mean()).isBetween(3.5, 4.0);
        assertThat(spike.deviation()).isBetween(0.01, 0.4);
    }

    @Test
    void aRunThatJustBeganHasNoSpikes() {
        LossSpikes spikes = new LossSpikes();
        for (int i = 1; i <= 20; i++) {
            assertThat(spikes.add(step(i, i % 2 == 0 ? 1 : 100))).isEmpty();
        }
    }

    @Test
    void aLossThatNeverChangesAndThenRisesIsASpike() {
        LossSpikes spikes = new LossSpikes();
        for (int i = 1; i <= 30; i++) {
            assertThat(spikes.add(step(i, 1))).isEmpty();
        }
        assertThat(spikes.add(step(31, 1.5))).isPresent();
    }
}

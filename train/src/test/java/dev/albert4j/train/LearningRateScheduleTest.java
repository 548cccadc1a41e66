package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
    private static final double PEAK = 3e-4;

    @Test
    void theCosineRisesOnALineAndFallsAsHalfAWave() {
        for (int warmup : new int[] {0, 1, 7, 40}) {
            LearningRateSchedule schedule = LearningRateSchedule.cosine(PEAK, warmup, 40);
            for (int step = 0; step <= 40; step++) {
                double progress = (double) (step - warmup) / Math.max(1, 40 - warmup);
                // get_cosine_schedule_with_warmup with its num_cycles of 0.5
                double factor = step < warmup
                        ? (double) step / Math.max(1, warmup)
                        : Math.max(0, 0.5 * (1 + Math.cos(Math.PI * 0.5 * 2 * progress)));
                assertThat(schedule.at(step)).isCloseTo(PEAK * factor, within(1e-18));
            }
        }
        LearningRateSchedule schedule = LearningRateSchedule.cosine(1, 10, 30);
        assertThat(schedule.at(5)).isEqualTo(0.5);
        assertThat(schedule.at(10)).isEqualTo(1);
        assertThat(schedule.at(15)).isCloseTo(0.5 + Math.sqrt(0.5) / 2, within(1e-15));
        assertThat(schedule.at(20)).isCloseTo(0.5, within(1e-15));
        assertThat(schedule.at(30)).isCloseTo(0, within(1e-15));
        assertThat(schedule.at(35)).isCloseTo(0, within(1e-15));
    }

    @Test
    void theConstantRisesOnALineAndStays() {
        LearningRateSchedule schedule = LearningRateSchedule.constant(PEAK, 4);
        assertThat(schedule.at(0)).isEqualTo(0);
        assertThat(schedule.at(1)).isEqualTo(PEAK / 4);
        assertThat(schedule.at(4)).isEqualTo(PEAK);
        assertThat(schedule.at(1_000_000)).isEqualTo(PEAK);
        assertThat(LearningRateSchedule.constant(PEAK, 0).at(0)).isEqualTo(PEAK);
    }

    @Test
    void theSettingsChooseTheSchedule() {
        String settings = "{\"learningRate\": 1, \"warmupRatio\": 0.2, \"schedule\": \"%s\"}";
        assertThat(TrainConfig.parse(settings.formatted("LINEAR"))
                        .learningRates(10)
                        .at(6))
                .isEqualTo(0.5);
        assertThat(TrainConfig.parse(settings.formatted("COSINE"))
                        .learningRates(10)
                        .at(4))
                .isCloseTo(0.5 + Math.sqrt(0.5) / 2, within(1e-15));
        assertThat(TrainConfig.parse(settings.formatted("CONSTANT"))
                        .learningRates(10)
                        .at(6))
                .isEqualTo(1);
        assertThat(TrainConfig.parse(settings.formatted("CONSTANT"))
                        .learningRates(10)
                        .at(1))
                .isEqualTo(0.5);
    }
}

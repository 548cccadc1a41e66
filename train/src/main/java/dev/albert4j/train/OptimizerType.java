package dev.albert4j.train;

/** The rule by which a step changes the parameters. */
public enum OptimizerType {
    /** Adam with decoupled weight decay and bias correction: the usual one to fine-tune with. */
    ADAMW,
    /** Layer-wise adaptive moments, as ALBERT was pre-trained with: for large batches and high learning rates. */
    LAMB;

    UpdateRule rule(double weightDecay) {
        return switch (this) {
            case ADAMW -> new AdamW(weightDecay);
            case LAMB -> new Lamb(weightDecay);
        };
    }
}

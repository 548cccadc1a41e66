package dev.albert4j.corpus;

/** Seeds derived from a run's seed: near inputs give unrelated seeds. */
public final class Seeds {
    private Seeds() {}

    /** The seed of the part {@code index} of what {@code seed} stands for (SplitMix64's finalizer). */
    public static long mix(long seed, long index) {
        long z = seed + (index + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}

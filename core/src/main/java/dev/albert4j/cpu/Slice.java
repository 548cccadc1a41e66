package dev.albert4j.cpu;

/**
 * Some rows, and what to compute them with.
 *
 * @param from first row
 * @param to one past the last
 * @param scratch has room for them
 * @param team who shares the columns of their products; often the caller alone
 */
record Slice(int from, int to, Scratch scratch, Team team) {
    int numRows() {
        return to - from;
    }
}

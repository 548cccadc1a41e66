package dev.albert4j.tokenize;

import java.util.Arrays;

/**
 * A prefix tree over UTF-16 units. Its edges lie in one hash table, keyed by node and unit, so that a step is one probe.
 * Immutable once built, and then thread-safe.
 */
final class WordPieceTrie {
    /** The node of the empty string. */
    static final int ROOT = 0;
    /** No such node, no such id. */
    static final int NONE = -1;

    private static final long FREE = -1;

    private long[] keys = new long[1 << 10]; // node << 16 | unit, or FREE
    private int[] children = new int[1 << 10]; // the node an edge leads to
    private int[] ids = new int[1 << 10]; // by node: the id of the string that ends there, or NONE
    private int numNodes = 1;

    WordPieceTrie() {
        Arrays.fill(keys, FREE);
        Arrays.fill(ids, NONE);
    }

    /** Gives a string an id; the last id given counts. */
    void put(String string, int id) {
        int node = ROOT;
        for (int i = 0; i < string.length(); i++) {
            int child = child(node, string.charAt(i));
            node = child == NONE ? grow(node, string.charAt(i)) : child;
        }
        ids[node] = id;
    }

    /** The node one unit further, or {@link #NONE}. */
    int child(int node, char unit) {
        long key = (long) node << 16 | unit;
        int mask = keys.length - 1;
        int at = slot(key, mask);
        while (keys[at] != key) {
            if (keys[at] == FREE) {
                return NONE;
            }
            at = at + 1 & mask;
        }
        return children[at];
    }

    /** The id of the string that leads to a node, or {@link #NONE}. */
    int id(int node) {
        return ids[node];
    }

    /** The node a string leads to, or {@link #NONE}. */
    int node(String string) {
        int node = ROOT;
        for (int i = 0; i < string.length() && node != NONE; i++) {
            node = child(node, string.charAt(i));
        }
        return node;
    }

    private int grow(int node, char unit) {
        if (numNodes == ids.length) {
            ids = Arrays.copyOf(ids, numNodes * 2);
            Arrays.fill(ids, numNodes, ids.length, NONE);
        }
        if (numNodes * 2 > keys.length) {
            rehash();
        }
        insert((long) node << 16 | unit, numNodes);
        return numNodes++;
    }

    private void rehash() {
        long[] oldKeys = keys;
        int[] oldChildren = children;
        keys = new long[oldKeys.length * 2];
        children = new int[keys.length];
        Arrays.fill(keys, FREE);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                insert(oldKeys[i], oldChildren[i]);
            }
        }
    }

    private void insert(long key, int child) {
        int mask = keys.length - 1;
        int at = slot(key, mask);
        while (keys[at] != FREE) {
            at = at + 1 & mask;
        }
        keys[at] = key;
        children[at] = child;
    }

    private static int slot(long key, int mask) {
        long mixed = key * 0x9E3779B97F4A7C15L; // 2^64 / golden ratio: spreads neighbours
        return (int) (mixed >>> 32) & mask;
    }
}

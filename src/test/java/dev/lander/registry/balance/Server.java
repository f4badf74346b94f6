package dev.lander.registry.balance;

/** A candidate whose weight and load the test sets. */
final class Server implements Candidate {
    final String identity;
    int weight;
    int active;

    /** How often its identity was asked for. */
    int identified;

    Server(String identity, int weight) {
        this.identity = identity;
        this.weight = weight;
    }

    /** The i-th of many. */
    static Server number(int i) {
        return new Server("10.0." + i / 256 + "." + i % 256 + ":30000", 1);
    }

    @Override
    public int weight() {
        return weight;
    }

    @Override
    public int load() {
        return active;
    }

    @Override
    public String identity() {
        identified++;
        return identity;
    }

    @Override
    public String toString() {
        return identity;
    }
}

package dev.lander.registry.balance;

/** What a policy may know of a component. */
public interface Candidate {
    /** Its share relative to the others', from 1 on. */
    int weight();

    /** Open relays or flows. */
    int load();

    /** The same text for the same component in every process, e.g. {@code 10.0.0.5:30000}. */
    String identity();
}

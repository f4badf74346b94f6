package dev.lander.registry;

import java.util.Comparator;

/**
 * Where a registration is shown: by port, by service, and within it by age. The numbers of each kind only grow, so what
 * is new is shown last among its like.
 *
 * @param port smaller = bound earlier
 * @param service smaller = begun earlier
 * @param component smaller = registered earlier; 0 = the service itself
 */
record Place(long port, long service, long component) implements Comparable<Place> {
    private static final Comparator<Place> ORDER = Comparator.comparingLong(Place::port)
            .thenComparingLong(Place::service)
            .thenComparingLong(Place::component);

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }

    /** A component's place in this service. */
    Place of(long number) {
        return new Place(port, service, number);
    }

    /** Before all that is shown of a port. */
    static Place beginning(long port) {
        return new Place(port, 0, 0);
    }
}

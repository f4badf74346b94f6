package dev.lander.simulation.network;

import java.util.HashMap;
import java.util.Map;

/** What a program has asked of the system: how often in a turn, and how many clients and datagrams it got. */
public final class Calls {
    private final Map<Descriptor, Integer> inTurn = new HashMap<>();
    private final Map<Integer, Integer> accepted = new HashMap<>();
    private final Map<Integer, Integer> datagrams = new HashMap<>();
    private final Map<Integer, Integer> takenInTurn = new HashMap<>();
    private final Map<Integer, Integer> answersInTurn = new HashMap<>();
    private int mostAnswers;
    private int most;
    private int mostTaken;

    /** The most calls by which one socket was read, written or accepted from in the present turn. */
    public int mostInTurn() {
        return most;
    }

    /** The most datagrams that a port of the system's choice has given in the present turn. */
    public int mostAnswersInTurn() {
        return mostAnswers;
    }

    /** The most clients or datagrams that one other port has given in the present turn. */
    public int mostTakenInTurn() {
        return mostTaken;
    }

    /** Connections accepted from this port. */
    public int accepted(int port) {
        return accepted.getOrDefault(port, 0);
    }

    /** Datagrams received at this port. */
    public int datagrams(int port) {
        return datagrams.getOrDefault(port, 0);
    }

    void onCall(Descriptor socket) {
        most = Math.max(most, inTurn.merge(socket, 1, Integer::sum));
    }

    void onAccepted(int port) {
        accepted.merge(port, 1, Integer::sum);
        onTaken(port);
    }

    void onDatagram(int port) {
        datagrams.merge(port, 1, Integer::sum);
        if (port < Host.FIRST_EPHEMERAL) {
            onTaken(-port);
        } else {
            mostAnswers = Math.max(mostAnswers, answersInTurn.merge(port, 1, Integer::sum));
        }
    }

    private void onTaken(int port) {
        mostTaken = Math.max(mostTaken, takenInTurn.merge(port, 1, Integer::sum));
    }

    void onTurn() {
        inTurn.clear();
        takenInTurn.clear();
        answersInTurn.clear();
        mostAnswers = 0;
        mostTaken = 0;
        most = 0;
    }
}

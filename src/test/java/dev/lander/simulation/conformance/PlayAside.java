package dev.lander.simulation.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A program that plays scripts on the real network, where the process or the network is not like others. */
final class PlayAside {
    private PlayAside() {}

    /** Plays a group of scripts: {@code limits} or {@code barred}; prints each as a line. */
    public static void main(String[] args) throws IOException {
        List<Script> scripts = args[0].equals("limits") ? LimitScripts.all() : BarredScripts.all();
        // Loads all classes, which takes descriptors too; one that the JDK could not load would fail ever after.
        lines(scripts, Stage.simulated());
        lines(TcpScripts.all().subList(0, 3), Stage.real());
        lines(UdpScripts.all().subList(0, 3), Stage.real());
        lines(scripts, Stage.real()).forEach(System.out::println);
    }

    /** Each script as a line of its rule and its trace. */
    static List<String> lines(List<Script> scripts, Stage stage) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Script script : scripts) {
            try (Play play = new Play(stage)) {
                script.actions().playOn(play);
                lines.add(script.rule() + ": " + String.join("; ", play.trace()));
            }
        }
        return lines;
    }
}

package dev.lander.kernel;

import java.io.File;
import java.util.Objects;

/**
 * A program that opens as many pipes as it is asked for, and prints how many it got and the descriptors that it has.
 */
final class OpenPipes {
    private OpenPipes() {}

    public static void main(String[] args) {
        PipeCalls calls = new LinuxPipeCalls();
        int before = descriptors();
        int got = 0;
        for (int i = Integer.parseInt(args[0]); i > 0; i--) {
            got += Pipe.open(calls) == null ? 0 : 1;
        }
        System.out.println(got + " " + (descriptors() - before));
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }
}

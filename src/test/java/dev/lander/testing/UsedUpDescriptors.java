package dev.lander.testing;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All file descriptors that the process had left; closing gives them back. */
public final class UsedUpDescriptors implements AutoCloseable {
    private final List<FileInputStream> files = new ArrayList<>();

    /** Takes one after the other until the system refuses. */
    public UsedUpDescriptors() {
        try {
            while (true) {
                files.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException nothingLeft) {
            // as wanted
        }
    }

    @Override
    public void close() throws IOException {
        for (FileInputStream file : files) {
            file.close();
        }
    }
}

package dev.lander.host;

import dev.lander.text.ShownText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether a reload by SIGHUP succeeded, as a signal has no answer: by a file in the folder that systemd has made
 * for this run of the service. The unit's reload command waits for it. Does nothing where there is no such folder.
 */
public final class ReloadReport {
    /** The file's name; the unit's reload command knows it. */
    static final String FILE = "reload";

    private static final Logger LOG = LoggerFactory.getLogger(ReloadReport.class);

    private final @Nullable Path folder;

    private ReloadReport(@Nullable Path folder) {
        this.folder = folder;
    }

    /** As the environment says; the variable is systemd's, which separates several folders by colons. */
    public static ReloadReport of(Map<String, String> environment) {
        String folders = environment.getOrDefault("RUNTIME_DIRECTORY", "");
        return new ReloadReport(folders.isEmpty() ? null : Path.of(folders.split(":", 2)[0]));
    }

    /** Writes {@code reloaded}, or a line for each failure; the file is there only when it is whole. */
    public void write(List<String> failures) {
        if (folder == null) {
            return;
        }
        try {
            Path unfinished = folder.resolve(FILE + ".unfinished");
            Files.write(unfinished, failures.isEmpty() ? List.of("reloaded") : failures);
            Files.move(unfinished, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException refused) {
            LOG.warn(
                    "reload_not_told RUNTIME_DIRECTORY={} why={}",
                    ShownText.value(folder.toString()),
                    ShownText.quoted(refused.getMessage()));
        }
    }
}

package dev.lander.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadReportTest {
    private final Path folder;

    ReloadReportTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void successIsOneWord() throws IOException {
        report(folder.toString()).write(List.of());
        assertEquals(List.of("reloaded"), written());
    }

    @Test
    void failuresAreALineEachAndTheNextSuccessReplacesThem() throws IOException {
        report(folder.toString()).write(List.of("the old token holds: no such file", "more"));
        assertEquals(List.of("the old token holds: no such file", "more"), written());
        report(folder.toString()).write(List.of());
        assertEquals(List.of("reloaded"), written());
    }

    @Test
    void theFirstOfSeveralFoldersIsIt() throws IOException {
        report(folder + ":/no/such").write(List.of());
        assertEquals(List.of("reloaded"), written());
    }

    @Test
    void withoutAFolderNothingIsWritten() throws IOException {
        ReloadReport.of(Map.of()).write(List.of());
        report(folder.resolve("none").toString()).write(List.of()); // one warning in the log
        try (var files = Files.list(folder)) {
            assertFalse(files.findAny().isPresent());
        }
    }

    private static ReloadReport report(String folders) {
        return ReloadReport.of(Map.of("RUNTIME_DIRECTORY", folders));
    }

    private List<String> written() throws IOException {
        return Files.readAllLines(folder.resolve(ReloadReport.FILE));
    }
}

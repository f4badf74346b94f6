package dev.lander.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Where the access log's lines go. Opening it never waits, not even for a named pipe's reader. */
final class LineOutput {
    private static final String STANDARD_OUTPUT = "-";

    private LineOutput() {}

    /**
     * Opens the file behind what it holds.
     *
     * @param file {@code -} is standard output
     * @throws IOException when it can't be written; the message is for users
     */
    static OutputStream open(Path file) throws IOException {
        if (isStandardOutput(file)) {
            return new FileOutputStream(FileDescriptor.out);
        }
        try {
            if (Files.exists(file) && isPipeOrDevice(file)) {
                // With its other end open here too: else opening a pipe waits until somebody reads it.
                return Channels.newOutputStream(
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
            }
            // Not interrupted in the midst of a line, as a channel would be.
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close(); // has the better messages
            return new FileOutputStream(file.toFile(), true);
        } catch (IOException refused) {
            throw new IOException("--access-log " + file + ": " + reason(refused), refused);
        }
    }

    static boolean isStandardOutput(Path file) {
        return file.toString().equals(STANDARD_OUTPUT);
    }

    private static boolean isPipeOrDevice(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, new LinkOption[0])
                .isOther();
    }

    private static String reason(IOException refused) {
        if (refused instanceof NoSuchFileException) {
            return "no such directory";
        }
        return refused instanceof AccessDeniedException ? "permission denied" : String.valueOf(refused.getMessage());
    }
}

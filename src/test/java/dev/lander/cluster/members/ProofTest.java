package dev.lander.cluster.members;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is made of an answer that ends too early: a machine that is too busy gives up in the middle of one. */
@Timeout(30)
class ProofTest {
    private static final byte[] NO_BINDING = {};
    private static final int SEAL_LENGTH = 32;
    private static final int RIGHT = 1;

    private final Proof proof = new Proof(
            new ClusterKey("a key of at least sixteen bytes".getBytes(StandardCharsets.UTF_8)), "lander-1 jgroups-5.5");

    @Test
    void anAcceptorThatGoesAwayIsNotTakenForOneWithAnotherKeyOrVersion() throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.write(greeting());
        answer.write(RIGHT);
        answer.write(new byte[SEAL_LENGTH]);
        for (int length = 0; length < answer.size(); length++) {
            DataInputStream cut = cut(answer.toByteArray(), length);
            assertThrows(
                    EOFException.class, () -> proof.connect(cut, nowhere(), NO_BINDING), "after " + length + " bytes");
        }
        DataInputStream whole = cut(answer.toByteArray(), answer.size());
        assertThrows(RefusedPeerException.class, () -> proof.connect(whole, nowhere(), NO_BINDING));
    }

    @Test
    void aConnectorThatGoesAwayIsNotTakenForOneWithAnotherKeyOrVersion() throws IOException {
        ByteArrayOutputStream asked = new ByteArrayOutputStream();
        asked.write(greeting());
        asked.write(new byte[SEAL_LENGTH]);
        for (int length = 0; length < asked.size(); length++) {
            DataInputStream cut = cut(asked.toByteArray(), length);
            assertThrows(
                    EOFException.class, () -> proof.accept(cut, nowhere(), NO_BINDING), "after " + length + " bytes");
        }
        DataInputStream whole = cut(asked.toByteArray(), asked.size());
        assertThrows(RefusedPeerException.class, () -> proof.accept(whole, nowhere(), NO_BINDING));
    }

    /** What either end says first. */
    private byte[] greeting() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        assertThrows(
                EOFException.class, () -> proof.connect(cut(new byte[0], 0), new DataOutputStream(said), NO_BINDING));
        return said.toByteArray();
    }

    private static DataInputStream cut(byte[] bytes, int length) {
        return new DataInputStream(new ByteArrayInputStream(Arrays.copyOf(bytes, length)));
    }

    private static DataOutputStream nowhere() {
        return new DataOutputStream(OutputStream.nullOutputStream());
    }
}

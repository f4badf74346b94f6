package dev.lander.control.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.listing.ClusterStatus;
import dev.lander.listing.MemberStatus;
import dev.lander.listing.MemberStatus.Refused;
import dev.lander.registry.Snapshot;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

class StatusReplyTest {
    @Test
    void hasNoMembersWhereThereIsNoCluster() throws IOException {
        assertEquals("{\"error\":0,\"services\":[]}", json(null));
    }

    @Test
    void membersAreThereInTheirOrderWithWhatTheyCannotServe() throws IOException {
        MemberStatus own = new MemberStatus("0a", "lb1", "10.0.0.1:7988", 1_000, 0, 12, List.of());
        MemberStatus other = new MemberStatus(
                "0b",
                "lb2",
                "10.0.0.2:7988",
                2_000,
                3_000,
                0,
                List.of(new Refused("tcp/80", "Address already in use")));
        assertEquals(
                "{\"error\":0,\"members\":["
                        + "{\"id\":\"0a\",\"name\":\"lb1\",\"address\":\"10.0.0.1:7988\",\"since\":1000,\"heard\":0,\"holds\":12,"
                        + "\"refused\":[]},"
                        + "{\"id\":\"0b\",\"name\":\"lb2\",\"address\":\"10.0.0.2:7988\",\"since\":2000,\"heard\":3000,\"holds\":0,"
                        + "\"refused\":[{\"service\":\"tcp/80\",\"why\":\"Address already in use\"}]}],\"services\":[]}",
                json(new ClusterStatus(false, List.of(own, other), 0, 0)));
    }

    private static String json(@Nullable ClusterStatus cluster) throws IOException {
        StatusReply reply = new StatusReply(new Snapshot(List.of()), cluster);
        reply.encode(1);
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(reply.bytes())) {
            return unpacker.unpackValue().toJson();
        }
    }
}

package dev.lander.control.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.listing.ClusterStatus;
import dev.lander.listing.MemberStatus;
import dev.lander.listing.MemberStatus.Refused;
import dev.lander.registry.Balance;
import dev.lander.registry.Holders;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Snapshot;
import dev.lander.registry.State;
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

    @Test
    void whoHasAComponentIsSaidInAClusterAlone() throws IOException {
        String fields = "\"bytes_in\":0,\"bytes_out\":0,\"failures\":0";
        assertTrue(jsonOf(service("", false, null)).contains(fields + "}"));
        String held = jsonOf(service("", false, new Holders(List.of("lb1", "lb2"), 0)));
        assertTrue(held.contains(fields + ",\"registered_with\":[\"lb1\",\"lb2\"]}"), held);
        String orphan = jsonOf(service("balance is source", false, new Holders(List.of(), 1_000)));
        assertTrue(orphan.contains(fields + ",\"registered_with\":[],\"orphan_since\":1000}"), orphan);
        assertTrue(orphan.contains("\"balance\":\"roundrobin\",\"terms_lost\":\"balance is source\","), orphan);
    }

    @Test
    void whoIsFullIsSaidToBe() throws IOException {
        String state = "\"state\":\"good\",";
        assertTrue(jsonOf(service("", false, null)).contains(state + "\"weight\":1"));
        assertTrue(jsonOf(service("", true, null)).contains(state + "\"full\":true,\"weight\":1"));
    }

    private static Snapshot service(String termsLost, boolean full, @Nullable Holders holders) {
        Snapshot.ComponentStatus component = new Snapshot.ComponentStatus(
                "web", "10.0.0.1", 1, State.GOOD, 1, 0, 0, 0, 0, 0, 0, 0, 0, full, false, holders);
        RelayPort relayPort = new RelayPort(Protocol.TCP, 80);
        return new Snapshot(
                List.of(new Snapshot.ServiceStatus(relayPort, Balance.ROUNDROBIN, List.of(component), termsLost)));
    }

    private static String json(@Nullable ClusterStatus cluster) throws IOException {
        return json(new Snapshot(List.of()), cluster);
    }

    private static String jsonOf(Snapshot snapshot) throws IOException {
        return json(snapshot, null);
    }

    private static String json(Snapshot snapshot, @Nullable ClusterStatus cluster) throws IOException {
        StatusReply reply = new StatusReply(snapshot, cluster);
        assertTrue(reply.encode(100));
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(reply.bytes())) {
            return unpacker.unpackValue().toJson();
        }
    }
}

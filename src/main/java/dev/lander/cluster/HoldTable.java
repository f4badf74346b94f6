package dev.lander.cluster;

import dev.lander.registry.RelayPort;
import dev.lander.registry.ServiceTerms;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All holds that this member knows, its own among them. */
final class HoldTable {
    private final Map<Identity, Map<MemberId, Hold>> byIdentity = new LinkedHashMap<>();
    private final Map<MemberId, Set<Identity>> byMember = new HashMap<>();

    /** What each service's holds ask for, the earliest first. */
    private final Map<RelayPort, TreeMap<Stamp, ServiceTerms>> terms = new HashMap<>();

    /** The member holds the component; what it has said of it before is forgotten. */
    void put(MemberId member, Identity identity, Hold hold) {
        Hold before = byIdentity
                .computeIfAbsent(identity, absent -> new LinkedHashMap<>())
                .put(member, hold);
        byMember.computeIfAbsent(member, absent -> new LinkedHashSet<>()).add(identity);
        if (before != null) {
            forgetTerms(identity, before);
        }
        terms.computeIfAbsent(identity.relayPort(), absent -> new TreeMap<>()).put(hold.registered(), hold.terms());
    }

    /** The member holds the component no more. */
    void remove(MemberId member, Identity identity) {
        Map<MemberId, Hold> holds = byIdentity.get(identity);
        Hold before = holds == null ? null : holds.remove(member);
        if (holds == null || before == null) {
            return;
        }
        if (holds.isEmpty()) {
            byIdentity.remove(identity);
        }
        Set<Identity> ofMember = byMember.get(member);
        if (ofMember != null) {
            ofMember.remove(identity);
            if (ofMember.isEmpty()) {
                byMember.remove(member);
            }
        }
        forgetTerms(identity, before);
    }

    private void forgetTerms(Identity identity, Hold hold) {
        TreeMap<Stamp, ServiceTerms> ofService = terms.get(identity.relayPort());
        if (ofService != null) {
            ofService.remove(hold.registered());
            if (ofService.isEmpty()) {
                terms.remove(identity.relayPort());
            }
        }
    }

    /** What the member says of the component; null = nothing. */
    @Nullable
    Hold get(MemberId member, Identity identity) {
        return of(identity).get(member);
    }

    /** Who holds the component; a live view. */
    Map<MemberId, Hold> of(Identity identity) {
        Map<MemberId, Hold> holds = byIdentity.get(identity);
        return holds == null ? Map.of() : holds;
    }

    /** What the member holds; a live view. */
    Collection<Identity> of(MemberId member) {
        Set<Identity> ofMember = byMember.get(member);
        return ofMember == null ? Set.of() : ofMember;
    }

    /** What applies to the service: what the earliest of its holds asks for. Null when it has none. */
    @Nullable
    ServiceTerms terms(RelayPort relayPort) {
        TreeMap<Stamp, ServiceTerms> ofService = terms.get(relayPort);
        return ofService == null ? null : ofService.firstEntry().getValue();
    }
}

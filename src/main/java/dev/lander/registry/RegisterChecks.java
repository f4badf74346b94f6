package dev.lander.registry;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Why a register is refused before anything has changed, in the order of the protocol. */
final class RegisterChecks {
    private final Services services;
    private final Links links;
    private final LoopGuard loopGuard;
    private final PortBinder binder;

    RegisterChecks(Services services, Links links, LoopGuard loopGuard, PortBinder binder) {
        this.services = services;
        this.links = links;
        this.loopGuard = loopGuard;
        this.binder = binder;
    }

    /**
     * Of a link's register.
     *
     * @param known what is registered there already; null = nothing
     * @return null when it is not refused
     */
    @Nullable
    Outcome refusal(Link link, Registration registration, InetSocketAddress address, @Nullable Component known) {
        if (known != null && known.link() == link) {
            return Outcome.refused(
                    Outcome.Kind.ALREADY_REGISTERED,
                    "port " + registration.port() + " is already registered on " + registration.relayPort());
        }
        Service service = services.get(registration.relayPort());
        String conflict = service == null
                ? services.clash(registration.relayPort())
                : TermsConflict.of(service, registration.terms());
        Outcome loopOrConflict = loopOrConflict(registration, address, conflict);
        if (loopOrConflict != null) {
            return loopOrConflict;
        }
        String limit = links.limitReached(link, known == null ? null : known.link());
        return limit.isEmpty() ? null : Outcome.refused(Outcome.Kind.LIMIT, limit);
    }

    /** Of what is registered with another Lander; null when it is not refused. */
    @Nullable
    Outcome refusalOfHeld(Registration registration, InetSocketAddress address) {
        boolean exists = services.get(registration.relayPort()) != null;
        return loopOrConflict(registration, address, exists ? "" : services.clash(registration.relayPort()));
    }

    private @Nullable Outcome loopOrConflict(Registration registration, InetSocketAddress address, String conflict) {
        String loop = loopGuard.check(address.getAddress(), registration, this::isHeld);
        if (!loop.isEmpty()) {
            return Outcome.refused(Outcome.Kind.RELAYS_TO_ITSELF, loop);
        }
        return conflict.isEmpty() ? null : Outcome.refused(Outcome.Kind.CONFLICT, conflict);
    }

    private boolean isHeld(RelayPort port) {
        return !services.at(port).isEmpty() || binder.isLingering(port);
    }
}

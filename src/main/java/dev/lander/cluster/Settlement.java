package dev.lander.cluster;

import dev.lander.registry.Component;
import dev.lander.registry.Link;
import dev.lander.registry.OthersHolds;
import dev.lander.registry.Outcome;
import dev.lander.registry.Registration;
import dev.lander.registry.Service;
import dev.lander.registry.ServiceTerms;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the registry say what all holds together mean, component by component. */
final class Settlement {
    private final HoldTable table;
    private final OwnHolds own;
    private final OthersHolds registry;
    private final Link others;
    private final Said said;
    private final Unservable unservable;
    private final LostTerms lostTerms;

    /**
     * Of a member.
     *
     * @param others stands in the registry for all that only others hold
     */
    Settlement(
            HoldTable table,
            OwnHolds own,
            OthersHolds registry,
            Link others,
            Said said,
            Unservable unservable,
            LostTerms lostTerms) {
        this.table = table;
        this.own = own;
        this.registry = registry;
        this.others = others;
        this.said = said;
        this.unservable = unservable;
        this.lostTerms = lostTerms;
    }

    /** Something of what is said of the component has changed. */
    void settle(Identity identity) {
        Map<MemberId, Hold> holds = table.of(identity);
        ServiceTerms terms = table.terms(identity.relayPort());
        Component component = find(identity);
        if (holds.isEmpty() || terms == null) {
            unservable.forget(identity);
            said.loads().forget(identity);
            if (component != null && !component.isOwn()) {
                registry.remove(component);
            }
            agreeWithoutIt(identity, terms);
            return;
        }
        Verdict verdict = Verdict.of(holds.values());
        if (component == null) {
            component = add(identity, verdict, terms);
        }
        if (component != null) {
            agree(component.service(), terms);
            registry.setTraits(component, verdict.traits());
            registry.setDraining(component, verdict.isDraining());
            registry.setElsewhere(component, said.of(identity));
            said.loads().watch(identity, component);
            lostTerms.onSettled(identity, component.service());
        }
    }

    /** The component may have been the one whose terms applied to all of the service. */
    private void agreeWithoutIt(Identity identity, @Nullable ServiceTerms terms) {
        Service service = registry.find(identity.relayPort());
        if (service != null && terms != null) {
            agree(service, terms);
        }
        lostTerms.onSettled(identity, service);
    }

    private void agree(Service service, ServiceTerms terms) {
        if (registry.setTerms(service, terms)) {
            for (Component component : service.components()) {
                Identity identity = own.identity(component);
                if (identity != null) {
                    said.loads().watch(identity, component);
                }
            }
            lostTerms.onTerms(service);
        }
    }

    /** What is registered, or null. */
    @Nullable
    Component find(Identity identity) {
        Component component = own.get(identity);
        return component == null ? registry.find(identity.relayPort(), identity.address()) : component;
    }

    private @Nullable Component add(Identity identity, Verdict verdict, ServiceTerms terms) {
        Registration registration = new Registration(
                identity.relayPort(),
                identity.address().getPort(),
                verdict.traits(),
                terms,
                identity.address().getAddress());
        Outcome outcome = registry.add(others, registration);
        if (outcome.kind() != Outcome.Kind.DONE) {
            unservable.add(identity, outcome.detail());
            return null;
        }
        unservable.forget(identity);
        return find(identity);
    }
}

package dev.lander.registry;

import dev.lander.text.AccessList;
import dev.lander.text.DurationText;
import org.jspecify.annotations.Nullable;

/** What a register asks of a service that is there already, and what that does not grant. */
final class TermsConflict {
    private TermsConflict() {}

    /** What the terms say differently from the service, or an empty text. */
    static String of(Service service, ServiceTerms terms) {
        String difference = difference(service, terms);
        return difference.isEmpty() ? "" : difference + " on " + service.relayPort();
    }

    /** The same, without naming the service. */
    static String difference(Service service, ServiceTerms terms) {
        if (terms.balance() != null && terms.balance() != service.balance()) {
            return "balance is " + service.balance().word();
        } else if (terms.affinity() != null && terms.affinity() != service.affinity()) {
            return "affinity is " + service.affinity().word();
        } else if (terms.responses() != null && terms.responses() != service.responses()) {
            return "responses is " + (service.responses() == Service.ANY_RESPONSES ? "any" : service.responses());
        } else if (terms.maxNewPerSecond() != null && terms.maxNewPerSecond() != service.maxNewPerSecond()) {
            return "max_new_per_second is " + limit(service.maxNewPerSecond());
        } else if (terms.maxPerClient() != null && terms.maxPerClient() != service.maxPerClient()) {
            return "max_per_client is " + limit(service.maxPerClient());
        } else if (terms.udpTimeoutNs() != null && !terms.udpTimeoutNs().equals(service.udpTimeoutNs())) {
            Long now = service.udpTimeoutNs();
            return "udp_timeout is " + (now == null ? "not set" : DurationText.ofNs(now));
        } else if (terms.answerTimeoutNs() != null && terms.answerTimeoutNs() != service.answerTimeoutNs()) {
            return "answer_timeout is " + DurationText.ofNs(service.answerTimeoutNs());
        } else if (terms.clients() != null && !terms.clients().equals(service.clients())) {
            return "clients is " + all(service.clients());
        } else if (terms.preamble() != null && terms.preamble() != service.preamble()) {
            Preamble now = service.preamble();
            return "preamble is " + (now == null ? "not set" : now.word());
        }
        return "";
    }

    private static String limit(int limit) {
        return limit == Service.UNLIMITED ? "none" : Integer.toString(limit);
    }

    private static String all(@Nullable AccessList clients) {
        return clients == null ? "everybody" : clients.toString();
    }
}

package dev.lander.control.wire;

import static dev.lander.control.wire.CommandFields.Field.AFFINITY;
import static dev.lander.control.wire.CommandFields.Field.ANSWER_TIMEOUT;
import static dev.lander.control.wire.CommandFields.Field.BALANCE;
import static dev.lander.control.wire.CommandFields.Field.CLIENTS;
import static dev.lander.control.wire.CommandFields.Field.MAX_NEW_PER_SECOND;
import static dev.lander.control.wire.CommandFields.Field.MAX_PER_CLIENT;
import static dev.lander.control.wire.CommandFields.Field.PREAMBLE;
import static dev.lander.control.wire.CommandFields.Field.RESPONSES;
import static dev.lander.control.wire.CommandFields.Field.UDP_TIMEOUT;

import dev.lander.registry.Affinity;
import dev.lander.registry.Balance;
import dev.lander.registry.Preamble;
import dev.lander.registry.Route;
import dev.lander.registry.ServiceTerms;
import dev.lander.text.AccessList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a register asks of its service as a whole. */
final class TermsReader {
    private static final int MAX_RATE = 1_000_000;

    /** Entries of a list that each new client is compared with. */
    private static final int MAX_CLIENTS = 256;

    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);

    private final CommandFields fields;

    TermsReader(CommandFields fields) {
        this.fields = fields;
    }

    ServiceTerms read() throws Refusal {
        return new ServiceTerms(
                fields.choiceIfSent(BALANCE, Balance.values()),
                fields.choiceIfSent(AFFINITY, Affinity.values()),
                fields.numberIfSent(RESPONSES, 0, 255),
                fields.numberIfSent(MAX_NEW_PER_SECOND, 1, MAX_RATE),
                fields.numberIfSent(MAX_PER_CLIENT, 1, Integer.MAX_VALUE),
                fields.durationNsIfSent(UDP_TIMEOUT, SHORTEST_TIMEOUT),
                fields.durationNsIfSent(ANSWER_TIMEOUT, SHORTEST_TIMEOUT),
                clients(),
                fields.choiceIfSent(PREAMBLE, Preamble.values()));
    }

    private @Nullable AccessList clients() throws Refusal {
        List<String> entries =
                fields.textsIfSent(CLIENTS, MAX_CLIENTS, "address ranges like 10.0.0.0/8 or !10.9.0.0/16");
        if (entries == null) {
            return null;
        }
        List<AccessList.Entry> parsed = new ArrayList<>();
        for (String entry : entries) {
            try {
                parsed.add(AccessList.Entry.parse(entry));
            } catch (IllegalArgumentException noRange) {
                throw CommandFields.refusalOf(CLIENTS, entry, "address ranges like 10.0.0.0/8 or !10.9.0.0/16");
            }
        }
        return new AccessList(parsed);
    }

    /** The refusal of a preamble where nothing behind it is looked at. */
    static void checkPreamble(ServiceTerms terms, Route route) throws Refusal {
        if (terms.preamble() != null && route.isEverybody()) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "preamble must be sent with server_names or alpn: else it passes as it is");
        }
    }
}

package dev.lander.cluster;

import dev.lander.registry.Affinity;
import dev.lander.registry.Balance;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Preamble;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.ServiceTerms;
import dev.lander.text.AccessList;
import dev.lander.text.Word;
import java.io.IOException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePacker;

/** A hold as msgpack: arrays, to which later versions may add elements. */
record HoldCodec(MessagePacker packer) {
    void write(Hold hold) throws IOException {
        packer.packArrayHeader(6);
        write(packer, hold.registered());
        write(hold.traits());
        write(hold.terms());
        Stamp drained = hold.drained();
        if (drained == null) {
            packer.packNil();
        } else {
            write(packer, drained);
        }
        packer.packBoolean(hold.bad());
        packer.packString(hold.hearing().name());
    }

    private void write(ComponentTraits traits) throws IOException {
        packer.packArrayHeader(9);
        write(traits.name());
        packer.packInt(traits.weight()).packInt(traits.maxConnections());
        packer.packString(traits.proxyProtocol().word()).packLong(traits.slowStartNs());
        packer.packInt(traits.priority()).packInt(traits.maxBytesPerSecond());
        packer.packLong(traits.maxDurationNs()).packInt(traits.metricsPort());
    }

    private void write(ServiceTerms terms) throws IOException {
        packer.packArrayHeader(9);
        write(terms.balance() == null ? null : terms.balance().word());
        write(terms.affinity() == null ? null : terms.affinity().word());
        write(terms.responses());
        write(terms.maxNewPerSecond());
        write(terms.maxPerClient());
        write(terms.udpTimeoutNs());
        write(terms.answerTimeoutNs());
        AccessList clients = terms.clients();
        if (clients == null) {
            packer.packNil();
        } else {
            write(
                    packer,
                    clients.entries().stream().map(AccessList.Entry::toString).toList());
        }
        write(terms.preamble() == null ? null : terms.preamble().word());
    }

    private void write(@Nullable String text) throws IOException {
        if (text == null) {
            packer.packNil();
        } else {
            packer.packString(text);
        }
    }

    private void write(@Nullable Number number) throws IOException {
        if (number == null) {
            packer.packNil();
        } else {
            packer.packLong(number.longValue());
        }
    }

    static void write(MessagePacker packer, Stamp stamp) throws IOException {
        packer.packArrayHeader(3).packLong(stamp.time());
        packer.packLong(stamp.member().high()).packLong(stamp.member().low());
    }

    static void write(MessagePacker packer, Collection<String> texts) throws IOException {
        packer.packArrayHeader(texts.size());
        for (String text : texts) {
            packer.packString(text);
        }
    }

    static Hold read(Elements in) throws IOException {
        Stamp registered = stamp(in.nextArray());
        ComponentTraits traits = traits(in.nextArray());
        ServiceTerms terms = terms(in.nextArray());
        Stamp drained = in.nextIsAbsent() ? null : stamp(in.nextArray());
        Hold hold = new Hold(registered, traits, terms, drained, in.nextBoolean(), Hearing.valueOf(in.nextText()));
        in.skipRest();
        return hold;
    }

    static Stamp stamp(Elements in) throws IOException {
        Stamp stamp = new Stamp(in.nextLong(), new MemberId(in.nextLong(), in.nextLong()));
        in.skipRest();
        return stamp;
    }

    private static ComponentTraits traits(Elements in) throws IOException {
        ComponentTraits traits = new ComponentTraits(
                text(in),
                in.nextInt(),
                in.nextInt(),
                word(ProxyProtocol.values(), in.nextText()),
                in.nextLong(),
                in.nextInt(),
                in.nextInt(),
                in.nextLong(),
                in.nextInt());
        in.skipRest();
        return traits;
    }

    private static ServiceTerms terms(Elements in) throws IOException {
        String balance = text(in);
        String affinity = text(in);
        ServiceTerms terms = new ServiceTerms(
                balance == null ? null : word(Balance.values(), balance),
                affinity == null ? null : word(Affinity.values(), affinity),
                integer(in),
                integer(in),
                integer(in),
                in.nextIsAbsent() ? null : in.nextLong(),
                in.nextIsAbsent() ? null : in.nextLong(),
                in.nextIsAbsent() ? null : AccessList.parse(in.nextTexts()),
                preamble(text(in)));
        in.skipRest();
        return terms;
    }

    private static @Nullable Preamble preamble(@Nullable String word) throws IOException {
        return word == null ? null : word(Preamble.values(), word);
    }

    private static @Nullable String text(Elements in) throws IOException {
        return in.nextIsAbsent() ? null : in.nextText();
    }

    private static @Nullable Integer integer(Elements in) throws IOException {
        return in.nextIsAbsent() ? null : in.nextInt();
    }

    /** The constant that has this word. */
    static <W extends Word> W word(W[] all, String wanted) throws IOException {
        for (W one : all) {
            if (one.word().equals(wanted)) {
                return one;
            }
        }
        throw new IOException("there is no " + all.getClass().getComponentType().getSimpleName() + " " + wanted);
    }
}

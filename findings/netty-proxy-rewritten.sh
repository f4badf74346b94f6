#!/usr/bin/env bash
# Netty 4.1.115 (Maven's io.netty:netty-codec-haproxy:4.1.115.Final): HAProxyMessageDecoder, then HAProxyMessageEncoder.
# Expected: a proxy that reads a header and passes the same message on writes the bytes that came, or others that mean the same.
# Seen: the parts of the TLS extension (its version, its cipher) are in the list of extensions twice, inside of that and beside it, and
#   the encoder writes both: the header grows by two extensions without a value, of types which have a meaning inside of the other
#   only. The header of version 1 that says UNKNOWN is read, but can't be written: an EncoderException (NullPointerException),
#   though the encoder writes a message of UNKNOWN in version 2.
# Output: ALPN: the same / TLS: 6 more bytes, 210000230000 / UNKNOWN: EncoderException / LOCAL: the same
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>lab</groupId>
  <artifactId>lab</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.netty</groupId>
      <artifactId>netty-codec-haproxy</artifactId>
      <version>4.1.115.Final</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Rewritten.java <<'CODE'
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;

class Rewritten {
    static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    // From 192.0.2.7:1000 to 192.0.2.8:80.
    static final String ADDRESSES = "c0000207" + "c0000208" + "03e8" + "0050";

    public static void main(String[] arguments) {
        show("ALPN", SIGNATURE + "21110011" + ADDRESSES + "0100026832");
        show("TLS", SIGNATURE + "2111001f" + ADDRESSES + "200010" + "0100000000" + "210003312e33" + "23000258" + "59");
        show("UNKNOWN", ByteBufUtil.hexDump("PROXY UNKNOWN\r\n".getBytes()));
        show("LOCAL", SIGNATURE + "20000000");
    }

    static void show(String name, String header) {
        EmbeddedChannel decoder = new EmbeddedChannel(new HAProxyMessageDecoder());
        decoder.writeInbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(header)));
        Object message = decoder.readInbound();
        EmbeddedChannel encoder = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
        String what;
        try {
            encoder.writeOutbound(message);
            StringBuilder written = new StringBuilder();
            for (ByteBuf part = encoder.readOutbound(); part != null; part = encoder.readOutbound()) {
                written.append(ByteBufUtil.hexDump(part));
            }
            int more = (written.length() - header.length()) / 2;
            what = written.toString().equals(header)
                    ? "the same"
                    : more + " more bytes, " + written.substring(header.length());
        } catch (RuntimeException refused) {
            what = refused.getClass().getSimpleName();
        }
        System.out.println(name + ": " + what);
    }
}
CODE
seen=$(java -cp 'lib/*' Rewritten.java 2>/dev/null)
echo "$seen"
[[ $seen == "ALPN: the same
TLS: 6 more bytes, 210000230000
UNKNOWN: EncoderException
LOCAL: the same" ]]

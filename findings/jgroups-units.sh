#!/usr/bin/env bash
# JGroups 5.5.6 (Maven's org.jgroups:jgroups:5.5.6.Final), units of sizes and times in a configuration.
# Expected: "20KiB" is 20,480 bytes, or refused; a word that is no unit is refused; "2hours" is what "1hour" is, twice.
# Seen: of a size only the first letter of the unit counts: 20KiB, 20kB and 20kilometres are 20,000. Of a time, too, but s is looked for
#   before m, h and d, wherever it is: so a plural is refused, as "2hour" is no number of seconds, except for that of seconds.
# Output: frag_size 20k: 20000, 20KiB: 20000, 20kilometres: 20000, 20q: refused / sock_conn_timeout 5s: 5000, 5seconds: 5000,
#   1hour: 3600000, 2hours: refused, 5min: 300000, 5mx: 300000, 5minutes: refused
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
      <groupId>org.jgroups</groupId>
      <artifactId>jgroups</artifactId>
      <version>5.5.6.Final</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Units.java <<'CODE'
import java.io.ByteArrayInputStream;
import java.util.StringJoiner;
import org.jgroups.JChannel;

class Units {
    public static void main(String[] arguments) {
        show("FRAG4", "frag_size", "20k", "20KiB", "20kilometres", "20q");
        show("TCP", "sock_conn_timeout", "5s", "5seconds", "1hour", "2hours", "5min", "5mx", "5minutes");
    }

    static void show(String protocol, String attribute, String... values) {
        StringJoiner read = new StringJoiner(", ", attribute + " ", "");
        for (String value : values) {
            read.add(value + ": " + read(protocol, attribute, value));
        }
        System.out.println(read);
    }

    static Object read(String protocol, String attribute, String value) {
        String set = " " + attribute + "=\"" + value + "\"/>";
        String stack = "<config xmlns=\"urn:org:jgroups\">"
                + "<TCP bind_addr=\"127.0.0.1\"" + (protocol.equals("TCP") ? set : "/>")
                + "<FRAG4" + (protocol.equals("FRAG4") ? set : "/>")
                + "</config>";
        try (JChannel channel = new JChannel(new ByteArrayInputStream(stack.getBytes()))) {
            return channel.getProtocolStack().findProtocol(protocol).getValue(attribute);
        } catch (Exception refused) {
            return "refused";
        }
    }
}
CODE
seen=$(java -cp 'lib/*' Units.java 2>/dev/null)
echo "$seen"
[[ $seen == "frag_size 20k: 20000, 20KiB: 20000, 20kilometres: 20000, 20q: refused
sock_conn_timeout 5s: 5000, 5seconds: 5000, 1hour: 3600000, 2hours: refused, 5min: 300000, 5mx: 300000, 5minutes: refused" ]]

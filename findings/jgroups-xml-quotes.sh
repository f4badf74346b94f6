#!/usr/bin/env bash
# JGroups 5.5.6 (Maven's org.jgroups:jgroups:5.5.6.Final), the XML of a configuration, which has a schema of its own (jgroups-5.5.xsd).
# Expected: an attribute in single quotes is the same as in double quotes, and a character reference is the character, as in any XML.
# Seen: it is not read by a parser of XML. Where all attributes of a protocol are in single quotes, they are dropped without a word, and
#   the protocol has its defaults; where one of them is, its value is empty, which is refused for a number. References are kept as
#   they are.
# Output: double: 127.0.0.2 7901 5000 / single: another 0 2000 / one single: refused / reference: refused
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
cat >Quotes.java <<'CODE'
import java.io.ByteArrayInputStream;
import org.jgroups.JChannel;
import org.jgroups.protocols.TCP;

class Quotes {
    public static void main(String[] arguments) {
        show("double", "bind_addr=\"127.0.0.2\" bind_port=\"7901\" sock_conn_timeout=\"5s\"");
        show("single", "bind_addr='127.0.0.2' bind_port='7901' sock_conn_timeout='5s'");
        show("one single", "bind_addr=\"127.0.0.2\" bind_port=\"7901\" sock_conn_timeout='5s'");
        show("reference", "bind_addr=\"127.0.0.2\" bind_port=\"79&#48;1\"");
    }

    static void show(String name, String attributes) {
        String what;
        String stack = "<config xmlns=\"urn:org:jgroups\"><TCP " + attributes + "/></config>";
        try (JChannel channel = new JChannel(new ByteArrayInputStream(stack.getBytes()))) {
            TCP tcp = channel.getProtocolStack().findProtocol(TCP.class);
            boolean mine = tcp.getBindAddress().getHostAddress().equals("127.0.0.2");
            what = (mine ? "127.0.0.2 " : "another ") + tcp.getBindPort() + " " + tcp.getSockConnTimeout();
        } catch (Exception refused) {
            what = "refused";
        }
        System.out.println(name + ": " + what);
    }
}
CODE
seen=$(java -cp 'lib/*' Quotes.java 2>/dev/null)
echo "$seen"
[[ $seen == "double: 127.0.0.2 7901 5000
single: another 0 2000
one single: refused
reference: refused" ]]

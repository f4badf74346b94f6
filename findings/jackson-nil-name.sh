#!/usr/bin/env bash
# Jackson's reader of msgpack, Maven's org.msgpack:jackson-dataformat-msgpack:0.9.8.
# Expected: a map with a name that is nil is refused, or read with null or "" as the name; in either case nothing else is lost.
# Seen: at that name the reader takes the map for ended. The fields behind it are dropped without an error, so what
#   PHP's msgpack_pack makes of an object (php-object-in-python.sh: nil, the class, then the fields) is an empty map for Java.
#   If there is a list around the map, the next field is read as an element of it, and fails there.
# Output: a name: {port=1} / nil first: {} / nil last: {port=1} / in a list: MismatchedInputException
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
      <groupId>org.msgpack</groupId>
      <artifactId>jackson-dataformat-msgpack</artifactId>
      <version>0.9.8</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >NilName.java <<'CODE'
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HexFormat;
import org.msgpack.jackson.dataformat.MessagePackMapper;

class NilName {
    public static void main(String[] arguments) {
        String port = "a4706f727401";
        String nil = "c0a8737464436c617373";
        show("a name", "81" + port);
        show("nil first", "82" + nil + port);
        show("nil last", "82" + port + nil);
        show("in a list", "9182" + nil + port);
    }

    static void show(String name, String packed) {
        ObjectMapper mapper = new MessagePackMapper();
        Object what;
        try {
            what = mapper.readValue(HexFormat.of().parseHex(packed), Object.class);
        } catch (IOException refused) {
            what = refused.getClass().getSimpleName();
        }
        System.out.println(name + ": " + what);
    }
}
CODE
seen=$(java -cp 'lib/*' NilName.java)
echo "$seen"
[[ $seen == "a name: {port=1}
nil first: {}
nil last: {port=1}
in a list: MismatchedInputException" ]]

#!/usr/bin/env bash
# Sizes in configurations, read by Java's com.typesafe:config:1.4.3 (HOCON), io.dropwizard:dropwizard-util:4.0.7 (DataSize) and
# io.airlift:units:1.10 (DataSize), and by Perl's Number::Bytes::Human 0.11 (Debian 12's libnumber-bytes-human-perl 0.11-4).
# Expected: they may differ in which units they take, but what two of them take is the same size: "kB" is 1,000 (SI), KiB 1,024.
# Seen: no text with a k is the same everywhere. 64k is 65,536 for HOCON and Perl, 64,000 for Dropwizard; 64kB is 64,000 for these two of
#   Java's, 65,536 for airlift, which refuses KiB; and 64KB, which HOCON refuses, is 64,000 for Dropwizard. m is a megabyte for HOCON,
#   1,048,576, and for Dropwizard, 1,000,000; the same "1m" is a minute, where HOCON is asked for a duration, and a month, where for a period.
# Output for 64k / 64kB / 64KB / 64KiB / 1m: HOCON: 65536 / 64000 / no / 65536 / 1048576, Dropwizard: 64000 / 64000 / 64000 / 65536 / 1000000,
#   airlift: no / 65536 / no / no / no, Perl: 65536 / 64000 / 64000 / 65536 / 1048576, HOCON's 1m: PT1M, P1M
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libnumber-bytes-human-perl=0.11-4 >/dev/null
dpkg -x libnumber-bytes-human-perl_*.deb .
cat >pom.xml <<'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>lab</groupId>
  <artifactId>lab</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.typesafe</groupId>
      <artifactId>config</artifactId>
      <version>1.4.3</version>
    </dependency>
    <dependency>
      <groupId>io.dropwizard</groupId>
      <artifactId>dropwizard-util</artifactId>
      <version>4.0.7</version>
    </dependency>
    <dependency>
      <groupId>io.airlift</groupId>
      <artifactId>units</artifactId>
      <version>1.10</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Sizes.java <<'CODE'
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.StringJoiner;
import java.util.function.Function;

class Sizes {
    public static void main(String[] texts) {
        show("HOCON", texts, text -> hocon(text).getBytes("size"));
        show("Dropwizard", texts, text -> io.dropwizard.util.DataSize.parse(text).toBytes());
        show("airlift", texts, text -> io.airlift.units.DataSize.valueOf(text).toBytes());
        System.out.println("HOCON's 1m: " + hocon("1m").getDuration("size") + ", " + hocon("1m").getPeriod("size"));
    }

    static Config hocon(String text) {
        return ConfigFactory.parseString("size = " + text);
    }

    static void show(String name, String[] texts, Function<String, Long> read) {
        StringJoiner seen = new StringJoiner(" / ", name + ": ", "");
        for (String text : texts) {
            try {
                seen.add(read.apply(text).toString());
            } catch (RuntimeException refused) {
                seen.add("no");
            }
        }
        System.out.println(seen);
    }
}
CODE
texts=(64k 64kB 64KB 64KiB 1m)
seen=$(
    java -cp 'lib/*' Sizes.java "${texts[@]}" 2>/dev/null
    perl -I usr/share/perl5 -MNumber::Bytes::Human=parse_bytes -e '
print "Perl: ", join(" / ", map { parse_bytes($_) // "no" } @ARGV), "\n"' -- "${texts[@]}"
)
echo "$seen"
[[ $seen == "HOCON: 65536 / 64000 / no / 65536 / 1048576
Dropwizard: 64000 / 64000 / 64000 / 65536 / 1000000
airlift: no / 65536 / no / no / no
HOCON's 1m: PT1M, P1M
Perl: 65536 / 64000 / 64000 / 65536 / 1048576" ]]

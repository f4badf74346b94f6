#!/usr/bin/env bash
# Hawkular's reader of Prometheus metrics for Java, Maven's org.hawkular.agent:prometheus-scraper:0.23.0.Final.
# Expected: a sample without a TYPE line is an untyped one, as the text format has it, and "untyped" is one of its five types.
# Seen: samples without a TYPE line are dropped without a word, as are those with a blank behind a comma. A line "TYPE ... untyped"
#   raises an IllegalArgumentException ("Need to set type"), and what comes behind it on the page can't be read. So a page is
#   read well, in part or not at all, by who wrote it: many small exporters leave the types out.
# Output: gauge: a, z / no type: z / untyped: IllegalArgumentException / a blank: z
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
      <groupId>org.hawkular.agent</groupId>
      <artifactId>prometheus-scraper</artifactId>
      <version>0.23.0.Final</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Untyped.java <<'CODE'
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricDataParser;
import org.hawkular.agent.prometheus.types.MetricFamily;

class Untyped {
    public static void main(String[] arguments) throws IOException {
        show("gauge", "# TYPE a gauge\na 1\n");
        show("no type", "a 1\n");
        show("untyped", "# TYPE a untyped\na 1\n");
        show("a blank", "# TYPE a gauge\na{b=\"c\", d=\"e\"} 1\n");
    }

    static void show(String name, String family) throws IOException {
        String page = family + "# TYPE z gauge\nz 2\n";
        List<String> read = new ArrayList<>();
        try {
            TextPrometheusMetricDataParser parser =
                    new TextPrometheusMetricDataParser(new ByteArrayInputStream(page.getBytes()));
            for (MetricFamily next = parser.parse(); next != null; next = parser.parse()) {
                if (!next.getMetrics().isEmpty()) {
                    read.add(next.getName());
                }
            }
        } catch (IllegalArgumentException refused) {
            read.add(refused.getClass().getSimpleName());
        }
        System.out.println(name + ": " + String.join(", ", read));
    }
}
CODE
seen=$(java -cp 'lib/*' Untyped.java 2>/dev/null)
echo "$seen"
[[ $seen == "gauge: a, z
no type: z
untyped: IllegalArgumentException
a blank: z" ]]

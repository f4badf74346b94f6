package dev.lander.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNamesTest {
    private final HostNames names = new HostNames(List.of("Lander.Example.org", "lb"));

    @ParameterizedTest
    @CsvSource({
        "lander.example.org, true",
        "LANDER.example.ORG.:8080, true",
        "lb:80, true",
        "localhost, true",
        "10.0.0.5:8080, true",
        "[::1], true",
        "'[fe80::1%eth0]:80', true",
        "other.example.org, false",
        "lb.example.org, false",
        "10.0.0.5.example.org, false",
        "'', false",
        ":80, false",
    })
    void addressesLocalhostAndTheNamesGivenAreKnown(String header, boolean known) {
        assertEquals(known, names.include(header), header);
    }
}

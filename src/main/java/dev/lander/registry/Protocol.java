package dev.lander.registry;

import dev.lander.text.Word;

/** What a service speaks; TCP 53 and UDP 53 are two services. */
public enum Protocol implements Word {
    TCP,
    UDP
}

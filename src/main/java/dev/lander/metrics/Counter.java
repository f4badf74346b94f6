package dev.lander.metrics;

/** The process-wide counters: each is one cause of one kind of event. */
public enum Counter {
    CLIENT_NO_COMPONENT("tcp_clients_closed", "no_component", "TCP clients closed: no component could take them"),
    CLIENT_QUEUE_TIMEOUT("tcp_clients_closed", "queue_timeout", "TCP clients closed: all were full for too long"),
    CLIENT_QUEUE_FULL("tcp_clients_closed", "queue_full", "TCP clients closed: all were full, and so was the queue"),
    CLIENT_QUEUE_LEFT("tcp_clients_closed", "queue_left", "TCP clients that went away while they waited"),
    CLIENT_LINGERING("tcp_clients_closed", "lingering", "TCP clients reset: the last component had left"),
    CLIENT_ENDING("tcp_clients_closed", "ending", "TCP clients closed: lander was ending while they waited"),
    CLIENT_RATE("tcp_clients_closed", "rate", "TCP clients closed: more came than max_new_per_second"),
    CLIENT_PER_CLIENT("tcp_clients_closed", "per_client", "TCP clients closed: their address had max_per_client open"),
    CLIENT_REFUSED("tcp_clients_closed", "client_refused", "TCP clients closed: the service's clients are others"),
    CLIENT_PROXY_BROKEN(
            "tcp_clients_closed", "proxy_broken", "TCP clients closed: a PROXY header was broken or too long"),
    CLIENT_PROXY_MISSING("tcp_clients_closed", "proxy_missing", "TCP clients closed: no whole PROXY header came"),
    CLIENT_NO_SERVICE(
            "tcp_clients_closed", "no_service", "TCP clients closed: they asked for none of the port's services"),
    CLIENT_HELLO_BROKEN(
            "tcp_clients_closed", "hello_broken", "TCP clients closed: a ClientHello was broken or too long"),
    CLIENT_HELLO_MISSING("tcp_clients_closed", "hello_missing", "TCP clients closed: no whole ClientHello came"),
    CLIENT_HELLO_MEMORY("tcp_clients_closed", "hello_memory", "TCP clients closed: ClientHellos took too much memory"),
    CLIENT_PREAMBLE("tcp_clients_closed", "preamble", "TCP clients closed: the component did not take their preamble"),
    CONNECT_REFUSED("upstream_connects_failed", "refused", "upstream connects that the component refused"),
    CONNECT_TIMEOUT("upstream_connects_failed", "timeout", "upstream connects that timed out"),
    CONNECT_OWN_FAULT("upstream_connects_failed", "own_fault", "upstream connects that this machine could not make"),
    RELAY_IDLE("tcp_relays_cut", "idle", "TCP relays closed by the idle timeout"),
    RELAY_MAX_DURATION("tcp_relays_cut", "max_duration", "TCP relays closed by max_duration, quiet or not"),
    ACCEPT_FAILED("accepts_failed", "system", "accepts that the system refused, as when descriptors ran out"),
    RELAYS_FULL("accepts_paused", "max_connections", "times that accepting paused at the limit of relays"),
    DATAGRAM_NO_COMPONENT("udp_datagrams_dropped", "no_component", "datagrams dropped: no component could take them"),
    DATAGRAM_RATE("udp_datagrams_dropped", "rate", "datagrams dropped: more came than max_new_per_second"),
    DATAGRAM_PACE("udp_datagrams_dropped", "pace", "datagrams dropped: more bytes came than max_bytes_per_second"),
    DATAGRAM_PER_CLIENT(
            "udp_datagrams_dropped", "per_client", "datagrams dropped: their address had max_per_client flows open"),
    DATAGRAM_CLIENT_REFUSED(
            "udp_datagrams_dropped", "client_refused", "datagrams dropped: the service's clients are others"),
    DATAGRAM_SEND_FULL("udp_datagrams_dropped", "upstream_full", "datagrams dropped: the system's buffer was full"),
    DATAGRAM_TOO_LONG("udp_datagrams_dropped", "too_long", "datagrams dropped: too long for the way to the component"),
    DATAGRAM_OWN_FAULT("udp_datagrams_dropped", "own_fault", "datagrams dropped: this machine could not send them"),
    DATAGRAM_LINGERING("udp_datagrams_dropped", "lingering", "datagrams dropped: the last component had left"),
    DATAGRAM_ENDING("udp_datagrams_dropped", "ending", "datagrams dropped: lander was ending"),
    TCP_BIND_FAILED("tcp_binds_failed", "system", "times that a shared TCP relay port could not be bound again"),
    UDP_BIND_FAILED("udp_binds_failed", "system", "UDP relay ports that could not be bound at a new address"),
    ANSWER_SEND_FAILED("udp_answers_dropped", "send_failed", "answers dropped: the system did not take them"),
    ANSWER_LATE("udp_answers_dropped", "late", "answers dropped: their client's flow had ended"),
    ANSWER_UNDECLARED(
            "udp_answers_dropped", "undeclared", "answers dropped: the service has declared that there are none"),
    ANSWER_SURPLUS(
            "udp_answers_dropped", "surplus", "answers dropped: more than declared, over a socket of several clients"),
    ANSWERS_MISSING("udp_answers_missing", "answer_timeout", "flows whose declared answers did not come in time"),
    FLOW_EVICTED("udp_flows_evicted", "limit", "UDP flows ended early to make room for others"),
    COMMAND_REFUSED("control_commands_refused", "error", "commands that got a reply other than 0"),
    CONTROL_REFUSED("control_connections_closed", "limit", "control connections refused: the limit was reached"),
    CONTROL_FORBIDDEN("control_connections_closed", "forbidden", "control connections refused by --control-allow"),
    CONTROL_TLS("control_connections_closed", "tls", "control connections closed: no handshake, or TLS broke"),
    CONTROL_BROKEN("control_connections_closed", "broken", "control connections closed: their framing broke"),
    CONTROL_NO_MESSAGE("control_connections_closed", "no_message", "control connections closed: no whole message came"),
    CONTROL_UNREAD("control_connections_closed", "unread", "control connections closed: replies were not read"),
    CONTROL_MEMORY("control_connections_closed", "memory", "control connections closed: all together held too much"),
    CONTROL_SILENT("control_connections_closed", "silent", "control connections closed: checks were not answered"),
    ACCESS_LOG_SLOW("access_log_lines_lost", "slow", "lines lost: the disk or the reader was too slow"),
    ACCESS_LOG_FAILED("access_log_lines_lost", "write_failed", "lines lost: they could not be written"),
    HANDLER_FAULT("faults", "defect", "exceptions contained in a handler that are defects of lander's");

    private final String family;
    private final String cause;
    private final String help;

    Counter(String family, String cause, String help) {
        this.family = family;
        this.cause = cause;
        this.help = help;
    }

    /** What kind of event is counted; counters of one family differ in their {@link #cause}. */
    public String family() {
        return family;
    }

    /** Why it happened. */
    public String cause() {
        return cause;
    }

    /** What is counted, for people. */
    public String help() {
        return help;
    }
}

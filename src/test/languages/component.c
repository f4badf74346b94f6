// msgpack-c: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
#include <arpa/inet.h>
#include <msgpack.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int control;
static msgpack_unpacker unpacker;
static msgpack_unpacked message;

static void text(msgpack_packer *packer, const char *text) {
    msgpack_pack_str_with_body(packer, text, strlen(text));
}

static void number(msgpack_packer *packer, const char *name, int value) {
    text(packer, name);
    msgpack_pack_int(packer, value);
}

// Sends {"cmd": ..., "protocol": "tcp", "port": ...} and the last field, which is a number or text.
static void send_message(const char *cmd, int port, const char *last, int value, const char *words) {
    msgpack_sbuffer buffer;
    msgpack_sbuffer_init(&buffer);
    msgpack_packer packer;
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, 4);
    text(&packer, "cmd");
    text(&packer, cmd);
    text(&packer, "protocol");
    text(&packer, "tcp");
    number(&packer, "port", port);
    if (words == NULL) {
        number(&packer, last, value);
    } else {
        text(&packer, last);
        text(&packer, words);
    }
    if (write(control, buffer.data, buffer.size) != (ssize_t)buffer.size) {
        exit(1);
    }
    msgpack_sbuffer_destroy(&buffer);
}

// Reads the next message and prints the field of this name; returns whether it has one.
static int print_field(const char *label, const char *name) {
    while (msgpack_unpacker_next(&unpacker, &message) != MSGPACK_UNPACK_SUCCESS) {
        msgpack_unpacker_reserve_buffer(&unpacker, 4096);
        ssize_t received = read(control, msgpack_unpacker_buffer(&unpacker), 4096);
        if (received <= 0) {
            exit(0);
        }
        msgpack_unpacker_buffer_consumed(&unpacker, received);
    }
    int found = 0;
    msgpack_object_map map = message.data.via.map;
    for (uint32_t i = 0; i < map.size; i++) {
        msgpack_object_str key = map.ptr[i].key.via.str;
        if (key.size != strlen(name) || memcmp(key.ptr, name, key.size) != 0) {
            continue;
        }
        found = 1;
        msgpack_object value = map.ptr[i].val;
        if (value.type == MSGPACK_OBJECT_STR) {
            printf("%s: %.*s\n", label, (int)value.via.str.size, value.via.str.ptr);
        } else {
            printf("%s: %d\n", label, (int)value.via.i64);
        }
    }
    fflush(stdout);
    return found;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        return 2;
    }
    int port = atoi(argv[2]);
    int relay_port = atoi(argv[3]);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    control = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(control, (struct sockaddr *)&to, sizeof to) != 0) {
        return 1;
    }
    msgpack_unpacker_init(&unpacker, MSGPACK_UNPACKER_INIT_BUFFER_SIZE);
    msgpack_unpacked_init(&message);

    send_message("register", port, "relay_port", 70000, NULL);
    print_field("refused", "message");
    send_message("register", port, "relay_port", relay_port, NULL);
    print_field("registered", "error");
    while (1) {
        // A reply has no state.
        if (print_field("asked", "state")) {
            send_message("healthcheck", relay_port, "state", 0, "good");
        }
    }
}

/*
 * One connection per request:  requests PORT SECONDS CONNECTIONS BODY [NAME]
 *
 * Keeps CONNECTIONS open at a time. On each one HTTP request is sent and the answer read to its end; it must be 200
 * and end with BODY. With a NAME the request is a ClientHello of TLS for that server, and the answer the same bytes.
 * Prints {"units": right answers, "seconds", "wrong", "lost": connections without any answer}.
 */
#include "common.h"

enum { ANSWER = 4096, EVENTS = 256, PATIENCE = 5, HELLO = 517 /* bytes, as OpenSSL's and browsers' without post-quantum keys */ };

struct slot {
    int fd, sent, size;
    char answer[ANSWER];
};

static char request[ANSWER] = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
static int request_size;
static const char *body;
static int is_hello;
static int epoll, port, wrong, lost, open_slots;
static long units;

static void begin(struct slot *slot) {
    slot->fd = connected(SOCK_STREAM, port);
    slot->sent = slot->size = 0;
    watch(epoll, EPOLL_CTL_ADD, slot->fd, EPOLLOUT, slot);
}

static void count_answer(const struct slot *slot) {
    int length = strlen(body);
    if (slot->size == 0) {
        lost++;
    } else if (is_hello) {
        int right = slot->size == request_size && memcmp(slot->answer, request, request_size) == 0;
        if (right) units++; else wrong++;
    } else if (slot->size > length && strncmp(slot->answer, "HTTP/1.1 200 ", 13) == 0
               && memcmp(slot->answer + slot->size - length, body, length) == 0) {
        units++;
    } else {
        wrong++;
    }
}

static void on_event(struct slot *slot, int more) {
    if (!slot->sent) {
        slot->sent = 1;
        if (write(slot->fd, request, request_size) == request_size) {
            watch(epoll, EPOLL_CTL_MOD, slot->fd, EPOLLIN, slot);
            return;
        }
    } else {
        ssize_t count = read(slot->fd, slot->answer + slot->size, ANSWER - slot->size);
        if (count < 0 && errno == EAGAIN) return;
        if (count > 0) slot->size += count;
        if (count > 0 && slot->size < (is_hello ? request_size : ANSWER)) return;
    }
    count_answer(slot);
    close(slot->fd);
    if (more) {
        begin(slot);
    } else {
        open_slots--;
    }
}

static char *put(char *at, int bytes, int value) {
    while (bytes-- > 0) *at++ = value >> (8 * bytes);
    return at;
}

/* A ClientHello in one record, filled up by the extension that is there for it (RFC 7685). */
static void ask_for(const char *name) {
    int length = strlen(name), padding = HELLO - 5 - 4 - 2 - 32 - 33 - 4 - 2 - 2 - (9 + length) - 4;
    char *at = request;
    memset(request, 0, sizeof request);
    at = put(put(at, 3, 0x160301), 2, HELLO - 5);
    at = put(put(at, 1, 1), 3, HELLO - 5 - 4);
    at = put(at, 2, 0x0303) + 32;
    at = put(at, 1, 32) + 32;
    at = put(put(at, 2, 2), 2, 0x1301);
    at = put(at, 2, 0x0100);
    at = put(at, 2, 9 + length + 4 + padding);
    at = put(put(at, 2, 0), 2, length + 5);
    at = put(put(put(at, 2, length + 3), 1, 0), 2, length);
    memcpy(at, name, length);
    put(put(at + length, 2, 21), 2, padding);
    request_size = HELLO;
    is_hello = 1;
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    request_size = strlen(request);
    if (argc > 5) ask_for(argv[5]);
    port = number(argv, 1, 1);
    double seconds = atof(argv[2]);
    open_slots = number(argv, 3, 1);
    body = argv[4];
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    struct slot *slots = calloc(open_slots, sizeof *slots);
    double start = now(), stop = start + seconds;
    for (int i = open_slots; i-- > 0;) begin(&slots[i]);
    while (open_slots > 0 && now() < stop + PATIENCE) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, 100);
        int more = now() < stop;
        for (int i = 0; i < count; i++) on_event(events[i].data.ptr, more);
    }
    printf("{\"units\": %ld, \"seconds\": %.6f, \"wrong\": %d, \"lost\": %d}\n", units, now() - start, wrong,
           lost + open_slots);
}

/*
 * UDP request and answer:  udp PORT SECONDS SOCKETS SIZE keep|fresh
 *
 * SOCKETS requests of SIZE bytes (16 or more) are under way at a time, each from a socket of its own: the same one all
 * the time (keep), or a new one for each request (fresh). An answer must be the request, byte for byte. One that does
 * not come within a second is lost, and its socket replaced.
 * Prints {"units": right answers, "seconds", "wrong", "lost"}.
 */
#include "common.h"

enum { LARGEST = 65507, EVENTS = 256 };

struct slot {
    int fd;
    uint64_t serial;
    double sent;
};

static int epoll, port, size, fresh, wrong, lost, waiting;
static long units;
static uint64_t serials;
static char request[LARGEST], answer[LARGEST + 1];

static void open_socket(struct slot *slot) {
    slot->fd = connected(SOCK_DGRAM, port);
    watch(epoll, EPOLL_CTL_ADD, slot->fd, EPOLLIN, slot);
}

/* Each request is another: its serial number, then bytes of the pattern from there on. */
static void write_request(uint64_t serial) {
    memcpy(request, &serial, 8);
    memcpy(request + 8, pattern_at(serial), size - 8);
}

static void send_request(struct slot *slot) {
    slot->serial = ++serials;
    slot->sent = now();
    write_request(slot->serial);
    waiting++;
    send(slot->fd, request, size, 0); /* when it fails, the answer is missed, and counted so */
}

static void next_request(struct slot *slot, int replace) {
    waiting--;
    if (replace) {
        close(slot->fd);
        open_socket(slot);
    }
}

static void on_readable(struct slot *slot, int more) {
    ssize_t count = recv(slot->fd, answer, sizeof answer, 0);
    if (count < 0) return; /* refused: the answer is missed */
    if (slot->sent == 0) { /* one answer too many */
        wrong++;
        return;
    }
    write_request(slot->serial);
    if (count == size && memcmp(request, answer, size) == 0) {
        units++;
    } else {
        wrong++;
    }
    next_request(slot, fresh && more);
    slot->sent = 0;
    if (more) send_request(slot);
}

static void replace_overdue(struct slot *slots, int count, double time, int more) {
    for (int i = 0; i < count; i++) {
        if (slots[i].sent > 0 && time - slots[i].sent > 1) {
            lost++;
            next_request(&slots[i], 1);
            slots[i].sent = 0;
            if (more) send_request(&slots[i]);
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    port = number(argv, 1, 1);
    double seconds = atof(argv[2]);
    int sockets = number(argv, 3, 1);
    size = number(argv, 4, 16);
    fresh = strcmp(argv[5], "fresh") == 0;
    if (size > LARGEST) return 2;
    fill_pattern();
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    struct slot *slots = calloc(sockets, sizeof *slots);
    double start = now(), stop = start + seconds, looked = start;
    for (int i = 0; i < sockets; i++) {
        open_socket(&slots[i]);
        send_request(&slots[i]);
    }
    while (waiting > 0) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, 100);
        double time = now();
        for (int i = 0; i < count; i++) on_readable(events[i].data.ptr, time < stop);
        if (time - looked > 0.1) replace_overdue(slots, sockets, looked = time, time < stop);
    }
    printf("{\"units\": %ld, \"seconds\": %.6f, \"wrong\": %d, \"lost\": %d}\n", units, now() - start, wrong, lost);
}

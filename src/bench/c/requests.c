/*
 * One connection per request:  requests PORT SECONDS CONNECTIONS BODY
 *
 * Keeps CONNECTIONS open at a time. On each one HTTP request is sent and the answer read to its end; it must be 200
 * and end with BODY. Prints {"units": right answers, "seconds", "wrong", "lost": connections without any answer}.
 */
#include "common.h"

enum { ANSWER = 4096, EVENTS = 256, PATIENCE = 5 };

struct slot {
    int fd, sent, size;
    char answer[ANSWER];
};

static const char request[] = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
static const char *body;
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
        if (write(slot->fd, request, sizeof request - 1) == sizeof request - 1) {
            watch(epoll, EPOLL_CTL_MOD, slot->fd, EPOLLIN, slot);
            return;
        }
    } else {
        ssize_t count = read(slot->fd, slot->answer + slot->size, ANSWER - slot->size);
        if (count < 0 && errno == EAGAIN) return;
        if (count > 0) slot->size += count;
        if (count > 0 && slot->size < ANSWER) return;
    }
    count_answer(slot);
    close(slot->fd);
    if (more) {
        begin(slot);
    } else {
        open_slots--;
    }
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
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

/*
 * Many connections:  many PORT COUNT burst|hold
 *
 * burst: begins COUNT connections at once; each sends one small message, waits for its echo and closes.
 * hold: opens them a few at a time, each exchanges one message, and all stay open until standard input ends.
 * When all have their answers, or after 30 s, prints {"units": right answers, "seconds", "wrong", "lost"}.
 */
#include "common.h"

enum { AT_ONCE = 64, EVENTS = 1024, PATIENCE = 30, SIZE = 32 };

struct connection {
    int fd, sent;
};

static int epoll, port, hold, begun, done, units, wrong, lost;

static void begin(struct connection *c) {
    c->fd = connected(SOCK_STREAM, port);
    watch(epoll, EPOLL_CTL_ADD, c->fd, EPOLLOUT, c);
    begun++;
}

/* Its message: E for the backend, then something that no other connection sends. */
static void write_message(char *message, const struct connection *c) {
    snprintf(message, SIZE + 1, "E%-31d", c->fd);
}

static void finish(struct connection *c, int *counter) {
    ++*counter;
    done++;
    if (hold && counter == &units) {
        watch(epoll, EPOLL_CTL_DEL, c->fd, 0, NULL);
    } else {
        close(c->fd);
    }
}

static void on_event(struct connection *c) {
    char message[SIZE + 1], answer[SIZE];
    write_message(message, c);
    if (!c->sent) {
        c->sent = 1;
        if (write(c->fd, message, SIZE) == SIZE) watch(epoll, EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
        else finish(c, &lost);
        return;
    }
    ssize_t count = read(c->fd, answer, SIZE);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) finish(c, &lost);
    else finish(c, count == SIZE - 1 && memcmp(answer, message + 1, SIZE - 1) == 0 ? &units : &wrong);
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    port = number(argv, 1, 1);
    int count = number(argv, 2, 1);
    hold = strcmp(argv[3], "hold") == 0;
    raise_descriptor_limit();
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    struct connection *all = calloc(count, sizeof *all);
    double start = now();
    while (done < count && now() < start + PATIENCE) {
        while (begun < count && (!hold || begun - done < AT_ONCE)) begin(&all[begun]);
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, 100);
        for (int i = 0; i < ready; i++) on_event(events[i].data.ptr);
    }
    printf("{\"units\": %d, \"seconds\": %.6f, \"wrong\": %d, \"lost\": %d}\n", units, now() - start, wrong,
           lost + count - done);
    fflush(stdout);
    if (hold) {
        char end;
        while (read(0, &end, 1) > 0) continue;
    }
}

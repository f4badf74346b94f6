/*
 * Bulk data:  bulk PORT SECONDS STREAMS up|down [RATE]
 *
 * STREAMS connections send, or receive, as much as they can, or down at RATE MiB a second in all. What comes must be the pattern, and the number of bytes
 * that came the number that was sent: the receiver's count is compared to the sender's, see backend.c.
 * Prints {"units": MiB, "seconds", "wrong": streams not right, "lost": streams not complete}.
 */
#include "common.h"

enum { PATIENCE = 10, COUNT = 8, BLOCK = 1 << 20 };

struct stream {
    int fd, stopped, broken;
    uint64_t position;
    int block;        /* bytes left of the block that is being sent */
    int held;         /* the last bytes that came: the end of the stream is the sender's count */
    char tail[COUNT + 1];
};

static int epoll, up, streams, stopping, wrong, lost;
static uint64_t bytes, taken;
static char buffer[COUNT + CHUNK];

static void finish(struct stream *s, int complete, int right) {
    wrong += !right;
    lost += !complete;
    bytes += s->position;
    close(s->fd);
    streams--;
}

/* Tells the backend that this is all. */
static void stop(struct stream *s) {
    if (write(s->fd, "S", 1) == 1) s->stopped = 1;
    if (up && s->stopped) watch(epoll, EPOLL_CTL_MOD, s->fd, EPOLLIN, s);
}

static void send_more(struct stream *s) {
    if (s->block == 0 && stopping) {
        stop(s);
        return;
    }
    if (s->block == 0 && send(s->fd, "B", 1, MSG_MORE) == 1) s->block = BLOCK;
    ssize_t count = write(s->fd, pattern_at(s->position), s->block < CHUNK ? s->block : CHUNK);
    if (count > 0) s->position += count, s->block -= count;
    if (count < 0 && errno != EAGAIN) finish(s, 0, 1);
}

static void on_upload(struct stream *s) {
    if (!s->stopped) {
        send_more(s);
        return;
    }
    ssize_t count = read(s->fd, s->tail + s->held, COUNT + 1 - s->held);
    if (count > 0) s->held += count;
    uint64_t received;
    memcpy(&received, s->tail, COUNT);
    if (s->held == COUNT + 1) finish(s, received == s->position, s->tail[COUNT] == 1);
    else if (count == 0 || (count < 0 && errno != EAGAIN)) finish(s, 0, 1);
}

static void on_download(struct stream *s) {
    memcpy(buffer, s->tail, s->held);
    ssize_t count = read(s->fd, buffer + s->held, CHUNK);
    if (count > 0) {
        taken += count;
        int all = s->held + count, data = all > COUNT ? all - COUNT : 0;
        s->broken |= memcmp(buffer, pattern_at(s->position), data) != 0;
        s->position += data;
        memcpy(s->tail, buffer + data, s->held = all - data);
    } else if (count == 0 || errno != EAGAIN) {
        uint64_t sent;
        memcpy(&sent, s->tail, COUNT);
        finish(s, s->held == COUNT && sent == s->position, !s->broken);
    }
}

int main(int argc, char **argv) {
    if (argc < 5 || argc > 6) return 2;
    double rate = argc > 5 ? atof(argv[5]) * 1048576 : 0;
    int port = number(argv, 1, 1), count = number(argv, 3, 1);
    double seconds = atof(argv[2]);
    up = strcmp(argv[4], "up") == 0;
    streams = count;
    fill_pattern();
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    struct stream *all = calloc(count, sizeof *all);
    double start = now(), end = start + seconds;
    for (int i = 0; i < count; i++) {
        all[i].fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
        struct sockaddr_in address = address_of(port);
        check(connect(all[i].fd, (struct sockaddr *)&address, sizeof address), "connect");
        if (write(all[i].fd, up ? "U" : "D", 1) != 1) fail("write");
        check(fcntl(all[i].fd, F_SETFL, O_NONBLOCK), "O_NONBLOCK");
        watch(epoll, EPOLL_CTL_ADD, all[i].fd, up ? EPOLLOUT : EPOLLIN, &all[i]);
    }
    while (streams > 0 && now() < end + PATIENCE) {
        if (rate > 0 && taken > rate * (now() - start)) {
            usleep(200);
            continue;
        }
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, 100);
        if (!stopping && now() >= end) {
            stopping = 1;
            for (int i = 0; i < count && !up; i++) stop(&all[i]);
        }
        for (int i = 0; i < ready; i++) {
            if (up) on_upload(events[i].data.ptr);
            else on_download(events[i].data.ptr);
        }
    }
    printf("{\"units\": %.3f, \"seconds\": %.6f, \"wrong\": %d, \"lost\": %d}\n", bytes / 1048576.0,
           now() - start, wrong, lost + streams);
}

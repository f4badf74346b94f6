/*
 * A backend on one port, TCP and UDP:  backend PORT
 *
 * UDP: a datagram is sent back as it came. TCP: a connection's first byte says what follows.
 *   E  echo: what comes is sent back; likewise with the first byte, where that begins a ClientHello of TLS.
 *   U  upload: B and 1 MiB of the pattern, again and again, then S. Answered at S: how many bytes of the pattern
 *      came (8 bytes) and one byte, 1 if all were right; then the end.
 *   D  download: the pattern is sent until S comes; then how many bytes were sent (8 bytes), and the end.
 * Nobody needs a half-close for that, which nginx as shipped does not pass on.
 */
#include "common.h"

enum { EVENTS = 256, BATCH = 64, TAIL = 9, BLOCK = 1 << 20 };

struct connection {
    int fd, mode, right, ending;
    int block;         /* bytes that are to come of the block */
    uint64_t position; /* bytes of the pattern that came or went */
    char tail[TAIL];   /* what is sent at the end */
    int tail_size, tail_sent;
};

static int epoll, tcp, udp;
static char buffer[CHUNK];

static void end_connection(struct connection *c) {
    close(c->fd);
    free(c);
}

/* Sends what is left of the tail. */
static void send_tail(struct connection *c) {
    ssize_t count = write(c->fd, c->tail + c->tail_sent, c->tail_size - c->tail_sent);
    if (count > 0) c->tail_sent += count;
    if (c->tail_sent == c->tail_size || (count < 0 && errno != EAGAIN)) {
        end_connection(c);
    } else {
        watch(epoll, EPOLL_CTL_MOD, c->fd, EPOLLOUT, c);
    }
}

static void on_stop(struct connection *c) {
    memcpy(c->tail, &c->position, 8);
    c->tail[8] = c->right;
    c->tail_size = c->mode == 'U' ? 9 : 8;
    c->ending = 1;
    send_tail(c);
}

static void on_upload(struct connection *c, const char *data, int count) {
    while (count > 0) {
        if (c->block == 0) {
            if (*data == 'S') {
                on_stop(c);
                return;
            }
            c->right &= *data == 'B';
            data++, count--;
            c->block = BLOCK;
        }
        int size = count < c->block ? count : c->block;
        c->right &= memcmp(data, pattern_at(c->position), size) == 0;
        c->position += size, c->block -= size;
        data += size, count -= size;
    }
}

static void on_readable(struct connection *c) {
    ssize_t count = read(c->fd, buffer, CHUNK);
    char *data = buffer;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        end_connection(c);
        return;
    }
    if (c->mode == 0) {
        if (*data == 22) {
            c->mode = 'E';
        } else {
            c->mode = *data++, count--;
        }
        c->right = 1;
        if (c->mode == 'D') watch(epoll, EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLOUT, c);
    }
    if (c->mode == 'U') {
        on_upload(c, data, count);
    } else if (c->mode == 'D' && count > 0) {
        on_stop(c);
    } else if (c->mode == 'E' && count > 0 && write(c->fd, data, count) != count) {
        end_connection(c); /* echoes are small: the peer does not read */
    }
}

static void on_event(struct connection *c, uint32_t events) {
    if (c->ending) {
        send_tail(c);
    } else if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
        on_readable(c);
    } else {
        ssize_t count = write(c->fd, pattern_at(c->position), CHUNK);
        if (count > 0) c->position += count;
        if (count < 0 && errno != EAGAIN) end_connection(c);
    }
}

static void accept_connections(void) {
    for (int i = 0; i < BATCH; i++) {
        int on = 1, fd = accept4(tcp, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, c);
    }
}

static void echo_datagrams(void) {
    for (int i = 0; i < BATCH; i++) {
        struct sockaddr_in client;
        socklen_t length = sizeof client;
        ssize_t count = recvfrom(udp, buffer, CHUNK, 0, (struct sockaddr *)&client, &length);
        if (count < 0) return;
        sendto(udp, buffer, count, 0, (struct sockaddr *)&client, length);
    }
}

int main(int argc, char **argv) {
    (void)argc;
    int port = number(argv, 1, 1);
    raise_descriptor_limit();
    fill_pattern();
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    udp = bound(SOCK_DGRAM, port);
    tcp = bound(SOCK_STREAM, port);
    int size = 4 << 20; /* a burst waits rather than be lost here */
    setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    watch(epoll, EPOLL_CTL_ADD, tcp, EPOLLIN, &tcp);
    watch(epoll, EPOLL_CTL_ADD, udp, EPOLLIN, &udp);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            void *owner = events[i].data.ptr;
            if (owner == &tcp) {
                accept_connections();
            } else if (owner == &udp) {
                echo_datagrams();
            } else {
                on_event(owner, events[i].events);
            }
        }
    }
}

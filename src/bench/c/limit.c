/*
 * The limit: what a relay costs that makes only the system calls that the work needs.
 *
 *   limit tcp:PORT:BACKEND,BACKEND... udp:PORT:BACKEND,BACKEND...
 *
 * One thread, level-triggered epoll, one 512 KiB buffer, backends by turns. It is for measuring, and no
 * load balancer: no retries, no health, no timeouts, no statistics. The end of a connection passes through, a reset
 * passes as an ordinary end. When descriptors run out, clients wait until relays have ended.
 *
 * UDP: an upstream socket serves one request and one answer, then the next client (`responses: 1` in Lander's
 * words). When all of them wait, the one waiting longest is taken away from its client.
 *
 * The calls, without epoll_wait. A small request and its answer over an open connection: read, write, read, write.
 * A connection: accept4, socket, connect, 2 epoll_ctl, the request's four, read (end), epoll_ctl, shutdown, read
 * (end), 2 close. A datagram and its answer: recvfrom, send, recv, sendto.
 */
#include "common.h"

enum { BUFFER = 512 * 1024, EVENTS = 256, BACKENDS = 8, UPSTREAMS = 1024, BATCH = 64 };

enum kind { TCP_LISTENER, UDP_LISTENER, TCP_SIDE, UDP_UPSTREAM };

struct port {
    enum kind kind;
    int fd, count, turn, backends[BACKENDS];
    struct upstream *upstreams[BACKENDS]; /* of UDP: for each backend a ring, the next to be used first */
    int open[BACKENDS];                   /* how many upstreams there are */
};

struct side { /* one of the two sockets of a relay */
    enum kind kind;
    int fd;
    uint32_t events;
    int ended;          /* it has said that nothing more will come */
    int unwatched;      /* taken out of epoll, which would tell of a hang-up all the time */
    char *rest;         /* what it has not taken yet of the peer's bytes */
    size_t start, left; /* within rest */
    struct side *peer, *next_dead;
};

struct upstream {
    enum kind kind;
    int fd, busy;
    struct sockaddr_in client;
    struct port *port;
    struct upstream *next; /* in the ring */
};

static int epoll;
static long relays, most_relays;
static struct port *full; /* a port that does not accept, as there are most_relays */
static char buffer[BUFFER];
static struct side *dead; /* freed at the turn's end: the turn may have events for them */

static void await(struct side *side, uint32_t events) {
    if (side->events == events) return;
    watch(epoll, side->unwatched ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, side->fd, side->events = events, side);
    side->unwatched = 0;
}

static void end_relay(struct side *side) {
    struct side *both[] = {side, side->peer};
    relays--;
    if (full) {
        watch(epoll, EPOLL_CTL_ADD, full->fd, EPOLLIN, full);
        full = NULL;
    }
    for (int i = 0; i < 2; i++) {
        close(both[i]->fd);
        both[i]->fd = -1;
        both[i]->next_dead = dead;
        dead = both[i];
    }
}

static struct side *new_side(int fd) {
    struct side *side = calloc(1, sizeof *side);
    side->kind = TCP_SIDE;
    side->fd = fd;
    watch(epoll, EPOLL_CTL_ADD, fd, side->events = EPOLLIN, side);
    return side;
}

static void accept_client(struct port *port) {
    if (relays == most_relays && !full) {
        watch(epoll, EPOLL_CTL_DEL, port->fd, 0, NULL);
        full = port;
        return;
    }
    int client = accept4(port->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) return;
    relays++;
    port->turn = (port->turn + 1) % port->count;
    struct side *a = new_side(client), *b = new_side(connected(SOCK_STREAM, port->backends[port->turn]));
    a->peer = b;
    b->peer = a;
}

static void pass_end(struct side *from) {
    if (from->peer->ended && from->left == 0) {
        end_relay(from);
    } else {
        shutdown(from->peer->fd, SHUT_WR);
        await(from, from->events & ~EPOLLIN);
    }
}

static void read_side(struct side *from) {
    struct side *to = from->peer;
    ssize_t count = read(from->fd, buffer, BUFFER);
    if (count < 0) {
        if (errno != EAGAIN) end_relay(from);
        return;
    }
    if (count == 0) {
        from->ended = 1;
        pass_end(from);
        return;
    }
    ssize_t taken = write(to->fd, buffer, count);
    if (taken < 0 && errno != EAGAIN) {
        end_relay(from);
        return;
    }
    if (taken < 0) taken = 0;
    if (taken < count) {
        to->left = count - taken;
        to->start = 0;
        to->rest = malloc(to->left);
        memcpy(to->rest, buffer + taken, to->left);
        await(from, from->events & ~EPOLLIN);
        await(to, to->events | EPOLLOUT);
    }
}

static void write_rest(struct side *to) {
    ssize_t taken = write(to->fd, to->rest + to->start, to->left);
    if (taken < 0) {
        if (errno != EAGAIN) end_relay(to);
        return;
    }
    to->start += taken;
    to->left -= taken;
    if (to->left == 0) {
        free(to->rest);
        to->rest = NULL;
        await(to, to->events & ~EPOLLOUT);
        await(to->peer, to->peer->events | EPOLLIN);
    }
}

static void on_side(struct side *side, uint32_t events) {
    if (side->fd >= 0 && (events & EPOLLOUT) && side->left) write_rest(side);
    if (side->fd < 0) return;
    if (events & EPOLLIN & side->events) {
        read_side(side);
    } else if ((events & EPOLLHUP) && !(events & EPOLLERR) && side->peer->left) {
        watch(epoll, EPOLL_CTL_DEL, side->fd, 0, NULL); /* read on when the peer has taken the rest */
        side->unwatched = 1;
    } else if (events & (EPOLLHUP | EPOLLERR)) {
        end_relay(side);
    }
}

/* An upstream of the backend whose turn it is: a free one, a new one, or the one that has waited longest. */
static struct upstream *take_upstream(struct port *port) {
    int i = port->turn = (port->turn + 1) % port->count;
    struct upstream *last = port->upstreams[i], *first = last ? last->next : NULL;
    if (first && (!first->busy || port->open[i] == UPSTREAMS)) return port->upstreams[i] = first;
    struct upstream *new = calloc(1, sizeof *new);
    new->kind = UDP_UPSTREAM;
    new->fd = connected(SOCK_DGRAM, port->backends[i]);
    new->port = port;
    new->next = first ? first : new;
    if (last) last->next = new;
    watch(epoll, EPOLL_CTL_ADD, new->fd, EPOLLIN, new);
    port->open[i]++;
    return port->upstreams[i] = new;
}

static void relay_requests(struct port *port) {
    for (int i = 0; i < BATCH; i++) {
        struct sockaddr_in client;
        socklen_t length = sizeof client;
        ssize_t count = recvfrom(port->fd, buffer, BUFFER, 0, (struct sockaddr *)&client, &length);
        if (count < 0) return;
        struct upstream *upstream = take_upstream(port);
        upstream->client = client;
        upstream->busy = 1;
        send(upstream->fd, buffer, count, 0);
    }
}

static void relay_answer(struct upstream *upstream) {
    ssize_t count = recv(upstream->fd, buffer, BUFFER, 0);
    if (count < 0 || !upstream->busy) return;
    upstream->busy = 0;
    sendto(upstream->port->fd, buffer, count, 0, (struct sockaddr *)&upstream->client, sizeof upstream->client);
}

static void open_port(char *text) {
    struct port *port = calloc(1, sizeof *port);
    char *protocol = strtok(text, ":"), *number = strtok(NULL, ":");
    for (char *one; (one = strtok(NULL, ",")) && port->count < BACKENDS;) port->backends[port->count++] = atoi(one);
    if (port->count == 0) {
        fprintf(stderr, "usage: limit tcp:PORT:BACKEND,BACKEND... udp:PORT:BACKEND,BACKEND...\n");
        exit(2);
    }
    int udp = strcmp(protocol, "udp") == 0;
    port->kind = udp ? UDP_LISTENER : TCP_LISTENER;
    port->fd = bound(udp ? SOCK_DGRAM : SOCK_STREAM, atoi(number));
    watch(epoll, EPOLL_CTL_ADD, port->fd, EPOLLIN, port);
}

int main(int argc, char **argv) {
    raise_descriptor_limit();
    most_relays = (sysconf(_SC_OPEN_MAX) - 64) / 2;
    epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    for (int i = 1; i < argc; i++) open_port(argv[i]);
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            void *owner = events[i].data.ptr;
            switch (*(enum kind *)owner) {
            case TCP_LISTENER: accept_client(owner); break;
            case UDP_LISTENER: relay_requests(owner); break;
            case TCP_SIDE: on_side(owner, events[i].events); break;
            case UDP_UPSTREAM: relay_answer(owner); break;
            }
        }
        while (dead) {
            struct side *side = dead;
            dead = side->next_dead;
            free(side->rest);
            free(side);
        }
    }
}

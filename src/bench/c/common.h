/* What the programs of the benchmark share. Each is one file, single-threaded, and speaks to BENCH_HOST, else 127.0.0.1, only. */
#ifndef COMMON_H
#define COMMON_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024, PERIOD = 65521 };

/* Bulk data repeats this every PERIOD bytes (a prime), so data lost, doubled or moved shows. */
static char pattern[PERIOD + CHUNK];

/* The pattern's bytes at a position of the stream; up to CHUNK of them may be read there. */
static inline const char *pattern_at(uint64_t position) { return pattern + position % PERIOD; }

static inline void fill_pattern(void) {
    uint32_t state = 2463534242u;
    for (int i = 0; i < PERIOD + CHUNK; i++) {
        state ^= state << 13, state ^= state >> 17, state ^= state << 5;
        pattern[i] = i < PERIOD ? (char)state : pattern[i - PERIOD];
    }
}

_Noreturn static inline void fail(const char *what) {
    perror(what);
    exit(1);
}

static inline int check(int result, const char *what) {
    if (result < 0) fail(what);
    return result;
}

/* Seconds on the monotonic clock. */
static inline double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static inline struct sockaddr_in address_of(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    const char *host = getenv("BENCH_HOST");
    address.sin_addr.s_addr = host ? inet_addr(host) : htonl(INADDR_LOOPBACK);
    return address;
}

/* A non-blocking socket (SOCK_STREAM or SOCK_DGRAM) that is, or is being, connected to the port. */
static inline int connected(int type, int port) {
    int fd = check(socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    struct sockaddr_in address = address_of(port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) fail("connect");
    return fd;
}

/* A bound non-blocking socket; of TCP, listening with the system's longest backlog. */
static inline int bound(int type, int port) {
    int on = 1, fd = check(socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    struct sockaddr_in address = address_of(port);
    if (type == SOCK_STREAM) check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
    check(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
    if (type == SOCK_STREAM) check(listen(fd, 65535), "listen");
    return fd;
}

static inline void watch(int epoll, int operation, int fd, uint32_t events, void *owner) {
    struct epoll_event event = {.events = events, .data.ptr = owner};
    check(epoll_ctl(epoll, operation, fd, operation == EPOLL_CTL_DEL ? NULL : &event), "epoll_ctl");
}

/* As many descriptors as may be had. */
static inline void raise_descriptor_limit(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* An argument that is a number of at least `least`. */
static inline int number(char **argv, int index, int least) {
    int value = argv[index] ? atoi(argv[index]) : least - 1;
    if (value < least) {
        fprintf(stderr, "%s: argument %d should be a number from %d on\n", argv[0], index, least);
        exit(2);
    }
    return value;
}

#endif

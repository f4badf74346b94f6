/*
 * Ping-pong:  ping PORT SECONDS SIZE
 *
 * One connection, one message of SIZE bytes (8 or more) at a time, as fast as the answers come. An answer must be the
 * message. Prints {"units": round trips, "seconds", "wrong", "lost", "p50_us", "p99_us", "p999_us"}.
 */
#include "common.h"

enum { MOST = 5 * 1000 * 1000 };

static float micros[MOST];

static int compare(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    int port = number(argv, 1, 1), size = number(argv, 3, 8), on = 1, wrong = 0, lost = 0;
    double seconds = atof(argv[2]);
    static char message[65536 + 1], answer[65536];
    if (size > 65536) return 2;
    fill_pattern();
    int fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    struct sockaddr_in address = address_of(port);
    struct timeval patience = {.tv_sec = 5};
    check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
    check(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), "SO_RCVTIMEO");
    check(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
    if (write(fd, "E", 1) != 1) fail("write");
    memcpy(message, pattern, size);
    double start = now(), time = start;
    long count = 0;
    while (time < start + seconds && count < MOST) {
        memcpy(message, &count, sizeof count);
        if (write(fd, message, size) != size || recv(fd, answer, size, MSG_WAITALL) != size) {
            lost++;
            break;
        }
        double end = now();
        wrong += memcmp(message, answer, size) != 0;
        micros[count++] = (end - time) * 1e6;
        time = end;
    }
    if (count == 0) return 1;
    qsort(micros, count, sizeof micros[0], compare);
    double p50 = micros[count / 2], p99 = micros[(long)(count * 0.99)], p999 = micros[(long)(count * 0.999)];
    printf("{\"units\": %ld, \"seconds\": %.6f, \"wrong\": %d, \"lost\": %d, ", count, time - start, wrong, lost);
    printf("\"p50_us\": %.2f, \"p99_us\": %.2f, \"p999_us\": %.2f}\n", p50, p99, p999);
}

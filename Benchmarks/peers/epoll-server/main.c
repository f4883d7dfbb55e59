// A minimal server with the same protocol, for comparison with ours: it multiplies M instead of looking up a prime.
//
//     epoll-server <port> [threads]     port 0 chooses a free port; the default is one thread
//
// Each thread has its own listening socket (SO_REUSEPORT), so threads share nothing. Events are edge-triggered, so a
// connection costs one epoll_ctl call. Buffers belong to the thread; a connection only keeps the bytes of an incomplete
// request, and the answers that do not fit into the socket.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/// The answer to M is M times this factor; `load --expect multiple=24` checks it.
static const uint64_t factor = 24;

enum { requestBytes = 4, answerBytes = 8, readBytes = 4096, backlog = 4096, eventsAtOnce = 256 };

struct connection {
    int socket;
    int partialCount;
    uint8_t partial[requestBytes];
    uint8_t *unsent;  // NULL, or the answers that did not fit into the socket
    size_t unsentCount;
};

static void fail(const char *what) {
    perror(what), exit(1);
}

static void watch(int epoll, int operation, struct connection *connection, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(epoll, operation, connection->socket, &event) < 0) fail("epoll_ctl");
}

static void end(struct connection *connection) {
    close(connection->socket), free(connection->unsent), free(connection);
}

/// Sends answers; returns false if the rest waits in `unsent` or the peer is gone.
static int deliver(struct connection *connection, const uint8_t *answers, size_t count) {
    ssize_t sent = send(connection->socket, answers, count, MSG_NOSIGNAL);
    if (sent == (ssize_t)count) return 1;
    if (sent < 0) sent = 0;  // The socket is full or the peer is gone; recv tells which.
    uint8_t *rest = malloc(count - sent);
    if (rest == NULL) fail("malloc");
    memcpy(rest, answers + sent, count - sent);
    free(connection->unsent);
    connection->unsent = rest;
    connection->unsentCount = count - sent;
    return 0;
}

/// Answers all requests that have arrived; returns false when the connection has ended.
static int serve(int epoll, struct connection *connection, uint32_t events) {
    static _Thread_local uint8_t requests[requestBytes + readBytes];
    static _Thread_local uint8_t answers[sizeof(requests) / requestBytes * answerBytes];
    if (events & EPOLLERR) return 0;
    if (connection->unsent != NULL) {
        uint8_t *unsent = connection->unsent;
        connection->unsent = NULL;
        int isDone = deliver(connection, unsent, connection->unsentCount);
        free(unsent);
        if (!isDone) return 1;
        watch(epoll, EPOLL_CTL_MOD, connection, EPOLLIN | EPOLLRDHUP | EPOLLET);
        return 1;  // The changed watch reports at once if input has arrived meanwhile.
    }
    for (;;) {
        memcpy(requests, connection->partial, connection->partialCount);
        ssize_t got = recv(connection->socket, requests + connection->partialCount, readBytes, 0);
        if (got < 0 && errno == EAGAIN) return 1;
        if (got <= 0) return 0;
        size_t count = (connection->partialCount + got) / requestBytes;
        for (size_t i = 0; i < count; i++) {
            uint32_t ordinal;
            memcpy(&ordinal, requests + i * requestBytes, requestBytes);
            uint64_t answer = htobe64(be32toh(ordinal) * factor);
            memcpy(answers + i * answerBytes, &answer, answerBytes);
        }
        connection->partialCount = (connection->partialCount + got) % requestBytes;
        memcpy(connection->partial, requests + count * requestBytes, connection->partialCount);
        if (count > 0 && !deliver(connection, answers, count * answerBytes)) {
            watch(epoll, EPOLL_CTL_MOD, connection, EPOLLOUT | EPOLLET);
            return 1;
        }
        // A short read has emptied the socket, but the end of the stream may follow.
        if (got < readBytes && !(events & EPOLLRDHUP)) return 1;
    }
}

static void acceptAll(int epoll, int listener) {
    int socket;
    while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct connection *connection = calloc(1, sizeof(*connection));
        if (connection == NULL) fail("calloc");
        connection->socket = socket;
        watch(epoll, EPOLL_CTL_ADD, connection, EPOLLIN | EPOLLRDHUP | EPOLLET);
    }
}

static void *run(void *listenerSocket) {
    int listener = (int)(intptr_t)listenerSocket, epoll = epoll_create1(0);
    struct epoll_event events[eventsAtOnce], accepting = {.events = EPOLLIN};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &accepting) < 0) fail("epoll");
    for (;;) {
        int count = epoll_wait(epoll, events, eventsAtOnce, -1);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == NULL) {
                acceptAll(epoll, listener);
            } else if (!serve(epoll, connection, events[i].events)) {
                end(connection);
            }
        }
    }
}

static int listenOn(struct sockaddr_in *address) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    socklen_t length = sizeof(*address);
    setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // Accepted sockets inherit it.
    if (bind(listener, (struct sockaddr *)address, length) < 0 || listen(listener, backlog) < 0) fail("listen");
    getsockname(listener, (struct sockaddr *)address, &length);
    return listener;
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (argc > 1) address.sin_port = htons(atoi(argv[1]));
    int threadCount = argc > 2 ? atoi(argv[2]) : 1, listener = listenOn(&address);
    for (int i = 1; i < threadCount; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, run, (void *)(intptr_t)listenOn(&address));
    }
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    run((void *)(intptr_t)listener);
}

// For accept4 and RTLD_NEXT.
#define _GNU_SOURCE

#include "accept_faults.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_int faulty_port, fault, faults_left;

void accept_faults_arm(int port, int error, int count) {
    faulty_port = port;
    fault = error;
    faults_left = count;
}

int accept_faults_left(void) { return faults_left; }

static int port_of(int file) {
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    if (getsockname(file, (struct sockaddr *)&address, &length) != 0) return -1;
    // The port lies at the same place for IPv4 and IPv6.
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

// The test program's own definition comes before the one of the C library.
int accept4(int file, struct sockaddr *address, socklen_t *length, int flags) {
    int (*real)(int, struct sockaddr *, socklen_t *, int) =
        (int (*)(int, struct sockaddr *, socklen_t *, int))dlsym(RTLD_NEXT, "accept4");
    int connection = real(file, address, length, flags);
    if (connection < 0 || faults_left == 0 || port_of(file) != faulty_port) return connection;
    faults_left -= 1;
    close(connection);
    errno = fault;
    return -1;
}

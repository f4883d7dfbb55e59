// For sigaction and what belongs to it.
#define _XOPEN_SOURCE 700

#include "terminal_guard.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <termios.h>
#include <unistd.h>

// All of this is written before the handlers are set, or by them, with every signal blocked.
static int guarded = -1;
static int waker = -1;
static struct termios before;
static volatile sig_atomic_t is_changed;

// What ends a process and can be caught.
static const int ending[] = {
    SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2,
    SIGILL, SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,  SIGSEGV,   SIGSYS,  SIGXCPU, SIGXFSZ,
};
enum { ending_count = sizeof ending / sizeof *ending };
static struct sigaction former_ending[ending_count], former_stop, former_continue, former_resize;

// In the background the terminal is the shell's, and has the shell's settings. One that does not control the session
// has no background.
static int has_terminal(void) {
    pid_t front = tcgetpgrp(guarded);
    return front < 0 || front == getpgrp();
}

static void tell(char what) {
    ssize_t ignored = write(waker, &what, 1);
    (void)ignored;
}

static int change(void) {
    if (!is_changed) {
        if (tcgetattr(guarded, &before) != 0) return errno;
    }
    struct termios raw = before;
    // Keys come as they are, Ctrl-C, Ctrl-Z and Ctrl-S too; what is written goes on being prepared for the terminal.
    raw.c_iflag &= (tcflag_t)~(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON);
    raw.c_lflag &= (tcflag_t)~(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    is_changed = 1;
    // Not TCSAFLUSH: what has been typed ahead is to be read.
    return tcsetattr(guarded, TCSANOW, &raw) == 0 ? 0 : errno;
}

static void change_back(void) {
    if (!is_changed || !has_terminal()) return;
    tcsetattr(guarded, TCSANOW, &before);
    is_changed = 0;
}

static void on_end(int signal) {
    // What comes next on the terminal begins on a line of its own.
    if (is_changed && has_terminal()) {
        ssize_t ignored = write(guarded, "\n", 1);
        (void)ignored;
    }
    change_back();
    for (size_t i = 0; i < ending_count; i++) {
        if (ending[i] == signal) sigaction(signal, &former_ending[i], NULL);
    }
    // Blocked until this handler returns; then it does what it would have done.
    raise(signal);
}

static void come_back(void) {
    int error = errno;
    if (has_terminal() && change() == 0) tell('r');
    errno = error;
}

static void on_resize(int signal) {
    (void)signal;
    int error = errno;
    tell('w');
    errno = error;
}

static void on_continue(int signal) {
    (void)signal;
    come_back();
}

static void on_stop(int signal) {
    int error = errno;
    change_back();
    struct sigaction ours;
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, signal);
    sigaction(signal, &former_stop, &ours);
    raise(signal);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    // Here the process has been stopped and goes on; or it goes on at once, where no shell could continue it.
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    sigaction(signal, &ours, NULL);
    come_back();
    errno = error;
}

static void set(int signal, void (*handler)(int), struct sigaction *former) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    sigaction(signal, NULL, former);
    // Who has started us wants it ignored: `nohup`, or a shell without jobs.
    if (former->sa_handler == SIG_IGN && signal != SIGCONT && signal != SIGWINCH) return;
    sigaction(signal, &action, former);
}

int terminal_guard_stops(void) { return former_stop.sa_handler != SIG_IGN; }

int terminal_guard_begin(int terminal, int wake) {
    guarded = terminal;
    waker = wake;
    // Started in the background (`client … &`): wait until the person brings us to the front, as all do who read.
    if (!has_terminal()) kill(0, SIGTTIN);
    // Now, so that the handlers have something to restore whenever they run, and it is not read again when it is changed.
    if (tcgetattr(terminal, &before) != 0) return errno;
    is_changed = 1;
    for (size_t i = 0; i < ending_count; i++) set(ending[i], on_end, &former_ending[i]);
    set(SIGTSTP, on_stop, &former_stop);
    set(SIGCONT, on_continue, &former_continue);
    set(SIGWINCH, on_resize, &former_resize);
    const int error = change();
    if (error != 0) terminal_guard_end();
    return error;
}

void terminal_guard_end(void) {
    sigset_t all, blocked;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &blocked);
    change_back();
    for (size_t i = 0; i < ending_count; i++) sigaction(ending[i], &former_ending[i], NULL);
    sigaction(SIGTSTP, &former_stop, NULL);
    sigaction(SIGCONT, &former_continue, NULL);
    sigaction(SIGWINCH, &former_resize, NULL);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
}

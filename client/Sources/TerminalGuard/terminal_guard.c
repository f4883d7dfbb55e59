// For sigaction.
#define _XOPEN_SOURCE 700

#include "terminal_guard.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

// Written before the handlers are installed, or by the handlers with every signal blocked.
static int input_fd = -1;
static int output_fd = -1;
static int wake_fd = -1;
static struct termios saved_settings;
static volatile sig_atomic_t is_raw;

// The signals that end a process and can be caught.
static const int fatal[] = {
    SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2,
    SIGILL, SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,  SIGSEGV,   SIGSYS,  SIGXCPU, SIGXFSZ,
};
enum { fatal_count = sizeof fatal / sizeof *fatal };
static struct sigaction old_fatal[fatal_count], old_stop, old_continue, old_resize;

// In the background the terminal has the settings of the shell, which must stay. If it is not the controlling terminal,
// tcgetpgrp fails and there is no background.
static int is_foreground(void) {
    pid_t front = tcgetpgrp(input_fd);
    return front < 0 || front == getpgrp();
}

static void notify(char event) {
    ssize_t ignored = write(wake_fd, &event, 1);
    (void)ignored;
}

static void print(const char *text) {
    ssize_t ignored = write(output_fd, text, strlen(text));
    (void)ignored;
}

static int set_raw(void) {
    if (!is_raw) {
        if (tcgetattr(input_fd, &saved_settings) != 0) return errno;
    }
    struct termios raw = saved_settings;
    // Input is raw, also Ctrl-C, Ctrl-Z and Ctrl-S. Output processing stays on.
    raw.c_iflag &= (tcflag_t)~(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXON);
    raw.c_lflag &= (tcflag_t)~(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    is_raw = 1;
    // Not TCSAFLUSH, which would discard the input typed ahead.
    if (tcsetattr(input_fd, TCSANOW, &raw) != 0) return errno;
    // Bracketed paste: the terminal marks the start and the end of a paste.
    print("\033[?2004h");
    return 0;
}

static void restore(void) {
    if (!is_raw || !is_foreground()) return;
    tcsetattr(input_fd, TCSANOW, &saved_settings);
    is_raw = 0;
    print("\033[?2004l");
}

static void on_fatal(int signal) {
    // The next output on the terminal starts on a new line.
    if (is_raw && is_foreground()) print("\n");
    restore();
    for (size_t i = 0; i < fatal_count; i++) {
        if (fatal[i] == signal) sigaction(signal, &old_fatal[i], NULL);
    }
    // The signal is blocked until this handler returns; then it has its old effect.
    raise(signal);
}

static void resume(void) {
    int error = errno;
    if (is_foreground() && set_raw() == 0) notify('r');
    errno = error;
}

static void on_resize(int signal) {
    (void)signal;
    int error = errno;
    notify('w');
    errno = error;
}

static void on_continue(int signal) {
    (void)signal;
    resume();
}

static void on_stop(int signal) {
    int error = errno;
    restore();
    struct sigaction ours;
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, signal);
    sigaction(signal, &old_stop, &ours);
    raise(signal);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    // The process was stopped here, and continues. In an orphaned process group it does not stop.
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    sigaction(signal, &ours, NULL);
    resume();
    errno = error;
}

static void install(int signal, void (*handler)(int), struct sigaction *old) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    sigaction(signal, NULL, old);
    // The parent has set the signal to be ignored: `nohup`, or a shell without job control.
    if (old->sa_handler == SIG_IGN && signal != SIGCONT && signal != SIGWINCH) return;
    sigaction(signal, &action, old);
}

int terminal_guard_stops(void) { return old_stop.sa_handler != SIG_IGN; }

int terminal_guard_begin(int input, int output, int wake) {
    input_fd = input;
    output_fd = output;
    wake_fd = wake;
    // Started in the background (`client … &`): stop until `fg`, as a read from the terminal would.
    if (!is_foreground()) kill(0, SIGTTIN);
    // Before the handlers are installed, so that they can restore the settings at any time.
    if (tcgetattr(input, &saved_settings) != 0) return errno;
    is_raw = 1;
    for (size_t i = 0; i < fatal_count; i++) install(fatal[i], on_fatal, &old_fatal[i]);
    install(SIGTSTP, on_stop, &old_stop);
    install(SIGCONT, on_continue, &old_continue);
    install(SIGWINCH, on_resize, &old_resize);
    const int error = set_raw();
    if (error != 0) terminal_guard_end();
    return error;
}

void terminal_guard_end(void) {
    sigset_t all, blocked;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &blocked);
    restore();
    for (size_t i = 0; i < fatal_count; i++) sigaction(fatal[i], &old_fatal[i], NULL);
    sigaction(SIGTSTP, &old_stop, NULL);
    sigaction(SIGCONT, &old_continue, NULL);
    sigaction(SIGWINCH, &old_resize, NULL);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
}

#ifndef TERMINAL_GUARD_H
#define TERMINAL_GUARD_H

/// Makes a terminal give each key at once, without showing it, and see to it that it is as before however the process ends
/// or stops: by a signal that ends it, a crash, or Ctrl-Z. Only SIGKILL leaves no time for that.
///
/// What a signal handler does must be safe at any instruction of any thread. Swift does not promise that of its runtime,
/// hence this page of C.
///
/// `wake` is a descriptor to which 'r' is written when the process has been stopped and has the terminal again, and 'w' when
/// its size has changed. Returns 0, or the system's error number. One terminal at a time.
int terminal_guard_begin(int terminal, int wake);

/// Whether Ctrl-Z stops the process: not if it was started so that it ignores SIGTSTP.
int terminal_guard_stops(void);

/// Gives the terminal its settings back, and the signals what they did before.
void terminal_guard_end(void);

#endif

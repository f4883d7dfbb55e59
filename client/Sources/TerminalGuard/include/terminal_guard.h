#ifndef TERMINAL_GUARD_H
#define TERMINAL_GUARD_H

/// Sets a terminal to raw input: each key at once, without echo, and pastes marked as such. Restores its settings when the
/// process ends by a signal or a crash, and while Ctrl-Z has stopped it; only SIGKILL leaves the terminal raw.
///
/// This is C because code in a signal handler must be safe at any instruction of any thread, which Swift does not promise
/// of its runtime.
///
/// `input` and `output` are descriptors of the terminal. The handlers write to the descriptor `wake`: 'r' when a stopped
/// process has the terminal again, 'w' when the size of the terminal has changed. Returns 0 or an errno. Only one terminal
/// at a time.
int terminal_guard_begin(int input, int output, int wake);

/// Returns whether Ctrl-Z stops the process; 0 if it was started with SIGTSTP ignored.
int terminal_guard_stops(void);

/// Restores the settings of the terminal and the signal handlers.
void terminal_guard_end(void);

#endif

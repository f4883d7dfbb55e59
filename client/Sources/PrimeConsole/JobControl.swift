internal import Glibc
internal import SystemPackage

/// What a shell does with its jobs.
enum JobControl {
    private static let pauseMicroseconds: UInt32 = 200_000

    /// Stops the process if it has read from a terminal that another job has, as the system does by SIGTTIN.
    ///
    /// The threads that read have that signal blocked, so the system gives them an error instead.
    ///
    /// - Parameter terminal: What was read from.
    /// - Returns: Whether it was so; then reading may be tried again, after `fg`.
    static func stopIfInBackground(of terminal: FileDescriptor) -> Bool {
        let front = tcgetpgrp(terminal.rawValue)
        guard front >= 0, front != getpgrp() else { return false }
        kill(0, SIGTTIN)
        // Where no shell could continue it the process is not stopped, and should not try again all the time.
        usleep(Self.pauseMicroseconds)
        return true
    }
}

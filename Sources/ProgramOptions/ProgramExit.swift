package import ArgumentParser

/// The exit codes of both programs.
package enum ProgramExit: Int32, CaseIterable, Sendable {
    /// The server ended in order, or answers the health check; the client got every answer.
    case success = 0
    /// The server could not start, does not answer the health check, or ended at a second signal; the client did not get
    /// every answer.
    case failure = 1
    /// The command line is wrong: `EX_USAGE` of `sysexits.h`, which the parser uses, too.
    case usage = 64
    /// Ctrl-C ended the client: 128 and the number of SIGINT, as in a shell.
    case interrupted = 130

    /// The error that ends a program with this code.
    package var code: ExitCode { ExitCode(self.rawValue) }
}

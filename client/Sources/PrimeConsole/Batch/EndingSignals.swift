internal import Glibc
internal import ProgramOptions
internal import Synchronization
internal import SystemPackage

/// SIGINT, SIGTERM and SIGHUP in a batch run: it can still write something after the first one; the second ends the process.
///
/// SIGQUIT asks for a core dump or a backtrace of the moment, so it has its usual effect.
final class EndingSignals: Sendable {
    /// The write end of the pipe of the run, for the signal handler.
    private static let writeEnd = Atomic<CInt>(-1)

    private let numbers: [CInt]
    private let readEnd: FileDescriptor
    private let writeEnd: FileDescriptor

    /// Installs a handler until ``uninstall()``, for those of the signals that would end the process.
    ///
    /// - Throws: `Errno` if the process may open no more files.
    init() throws {
        (self.readEnd, self.writeEnd) = try FileDescriptor.pipe()
        Self.writeEnd.store(self.writeEnd.rawValue, ordering: .relaxed)
        self.numbers = [SIGINT, SIGTERM, SIGHUP].filter(ProcessSignals.hasDefaultAction)
        var action = sigaction()
        action.sa_flags = CInt(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
        // Safe: the handler calls only what a signal handler may.
        unsafe action.__sigaction_handler.sa_handler = { number in
            let error = errno
            var byte = UInt8(truncatingIfNeeded: number)
            // Safe: the byte outlives the call.
            _ = unsafe Glibc.write(EndingSignals.writeEnd.load(ordering: .relaxed), &byte, 1)
            errno = error
        }
        for number in self.numbers { _ = unsafe sigaction(number, &action, nil) }
    }

    deinit {
        // No data can be lost.
        try? self.readEnd.close()
        try? self.writeEnd.close()
    }

    /// Blocks until a signal comes.
    ///
    /// - Returns: The signal; `nil` if the wait was interrupted.
    func next(_ interruption: Interruption) -> CInt? {
        guard interruption.wait(for: self.readEnd, POLLIN) == .ready else { return nil }
        return (try? self.readEnd.readAvailable(1))?.first.map { CInt($0) }
    }

    /// Gives the signals their usual effect again.
    func uninstall() {
        for number in self.numbers { signal(number, SIG_DFL) }
    }
}

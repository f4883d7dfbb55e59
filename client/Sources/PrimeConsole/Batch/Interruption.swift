internal import Glibc
internal import SystemPackage

/// Ends the wait of threads that are blocked until a file is ready.
final class Interruption: Sendable {
    /// What a thread was woken by.
    enum Outcome: Equatable {
        case ready
        /// The other end of the pipe or connection is gone.
        case gone
        case timedOut
        case interrupted
    }

    private let readEnd: FileDescriptor
    private let writeEnd: FileDescriptor

    /// Makes one.
    ///
    /// - Throws: `Errno` if the process may open no more files.
    init() throws {
        (self.readEnd, self.writeEnd) = try FileDescriptor.pipe()
    }

    deinit {
        // Nothing was written that is still wanted.
        try? self.readEnd.close()
        try? self.writeEnd.close()
    }

    /// Wakes every thread that waits, and every one that will.
    func interrupt() {
        // Nobody takes the byte, so it is there for all. A pipe that is new has room for it.
        _ = try? self.writeEnd.writeAll([0])
    }

    /// Blocks until a file is ready.
    ///
    /// - Parameters:
    ///   - file: What to wait for.
    ///   - events: `POLLIN`, `POLLOUT`, or 0 to wait for the other end to go.
    ///   - milliseconds: For how long; −1 for ever.
    /// - Returns: What ended the wait.
    func wait(for file: FileDescriptor, _ events: CInt, milliseconds: CInt = -1) -> Outcome {
        var files = [
            pollfd(fd: file.rawValue, events: Int16(events), revents: 0),
            pollfd(fd: self.readEnd.rawValue, events: Int16(POLLIN), revents: 0),
        ]
        var count: CInt = -1
        repeat {
            // Safe: the array outlives the call.
            count = unsafe poll(&files, 2, milliseconds)
        } while count < 0 && errno == EINTR
        if count == 0 { return .timedOut }
        if files[1].revents != 0 { return .interrupted }
        if count > 0, files[0].revents & Int16(POLLERR | POLLHUP) != 0, files[0].revents & Int16(events) == 0 {
            return .gone
        }
        return .ready
    }
}

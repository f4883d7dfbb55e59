internal import Glibc
internal import SystemPackage

/// A pipe that wakes threads blocked in `poll`.
final class Interruption: Sendable {
    /// The event that ended a wait.
    enum Outcome {
        case ready
        /// The other end of the pipe or connection is closed.
        case gone
        case timedOut
        case interrupted
    }

    private let readEnd: FileDescriptor
    private let writeEnd: FileDescriptor

    /// Opens the pipe.
    ///
    /// - Throws: `Errno` if the process may open no more files.
    init() throws {
        (self.readEnd, self.writeEnd) = try FileDescriptor.pipe()
    }

    deinit {
        // No data can be lost.
        try? self.readEnd.close()
        try? self.writeEnd.close()
    }

    /// Wakes every thread that waits, and every one that waits later.
    func interrupt() {
        // No thread reads the byte, so the pipe stays readable. A new pipe has room for it.
        _ = try? self.writeEnd.writeAll([0])
    }

    /// Blocks until a file is ready.
    ///
    /// - Parameters:
    ///   - file: The file to wait for.
    ///   - events: `POLLIN`, `POLLOUT`, or 0 to wait until the other end closes.
    ///   - milliseconds: The longest wait; −1 for no limit.
    /// - Returns: The event that ended the wait.
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

internal import Glibc
internal import SystemPackage

/// The bytes of a file, pipe or terminal.
///
/// Reading blocks, so it needs a thread of its own. An event loop cannot do it: a terminal made non-blocking is so for
/// every process that shares it, and epoll does not accept files and `/dev/null`.
struct ByteInput: Sendable {
    let file: FileDescriptor
    let interruption: Interruption

    /// Waits for bytes and reads what is available.
    ///
    /// - Returns: At least one byte; none at the end of the file, or if the wait was interrupted.
    /// - Throws: `Errno` if reading fails.
    func read() throws -> [UInt8] {
        while true {
            if self.interruption.wait(for: self.file, POLLIN) == .interrupted { return [] }
            if let bytes = try self.file.readAvailable() { return bytes }
        }
    }

    /// The number of bytes left; `nil` unless this is a regular file.
    var remainingByteCount: Int? {
        var status = stat()
        // Safe: the structure outlives the call.
        guard unsafe fstat(self.file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let offset = try? self.file.seek(offset: 0, from: .current)
        else { return nil }
        return max(0, Int(status.st_size) - Int(offset))
    }
}

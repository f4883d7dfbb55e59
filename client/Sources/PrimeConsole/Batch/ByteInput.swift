internal import Glibc
internal import SystemPackage

/// The bytes of a file, pipe or terminal, as many at once as there are.
///
/// Reading blocks, so it is for a thread that is there to be blocked. An event loop could not do it: a terminal made
/// non-blocking is so for all who share it, and files and `/dev/null` cannot be waited for.
struct ByteInput: Sendable {
    let file: FileDescriptor
    let interruption: Interruption

    /// Waits for bytes.
    ///
    /// - Returns: At least one byte; none at the end of the file, or if the wait was interrupted.
    /// - Throws: The system's error, if reading failed.
    func read() throws -> [UInt8] {
        while true {
            if self.interruption.wait(for: self.file, POLLIN) == .interrupted { return [] }
            if let bytes = try self.file.readAvailable() { return bytes }
        }
    }

    /// How many bytes are left in it; `nil` if it is no regular file.
    var remainingByteCount: Int? {
        var status = stat()
        // Safe: the structure outlives the call.
        guard unsafe fstat(self.file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let offset = try? self.file.seek(offset: 0, from: .current)
        else { return nil }
        return max(0, Int(status.st_size) - Int(offset))
    }
}

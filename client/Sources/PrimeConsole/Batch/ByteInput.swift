internal import Glibc
internal import SystemPackage

/// The bytes of a file, pipe or terminal, as many at once as there are.
///
/// Reading blocks, so it is for a thread that is there to be blocked. An event loop could not do it: a terminal made
/// non-blocking is so for all who share it, and files and `/dev/null` cannot be waited for.
struct ByteInput: Sendable {
    private static let chunkBytes = 64 * 1024

    let file: FileDescriptor
    let interruption: Interruption

    /// Waits for bytes.
    ///
    /// - Returns: At least one byte; none at the end of the file, or if the wait was interrupted.
    /// - Throws: The system's error, if reading failed.
    func read() throws -> [UInt8] {
        while true {
            if self.interruption.wait(for: self.file, POLLIN) == .interrupted { return [] }
            do {
                // Safe: the buffer is the array's own.
                return try unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
                    count = unsafe try self.file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
            } catch Errno.ioError {
                guard JobControl.stopIfInBackground(of: self.file) else { throw Errno.ioError }
            } catch Errno.resourceTemporarilyUnavailable {
                // Somebody has made it non-blocking, and somebody else has read what there was.
                continue
            }
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

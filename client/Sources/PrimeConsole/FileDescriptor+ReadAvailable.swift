internal import Glibc
internal import SystemPackage

extension FileDescriptor {
    /// Reads what is available, at most `byteCount` bytes.
    ///
    /// If the file is a terminal and the process is in the background, it first stops the process as SIGTTIN does.
    ///
    /// - Parameter byteCount: The size of the buffer, at least 1.
    /// - Returns: No bytes at the end of the file; `nil` if the caller must wait for the file again.
    /// - Throws: `Errno`; `Errno.ioError` from a terminal means that the terminal is closed.
    func readAvailable(_ byteCount: Int = 64 * 1024) throws -> [UInt8]? {
        do {
            // Safe: `read` writes at most `byteCount` bytes, and the array takes only as many as it has written.
            return try unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
                count = unsafe try self.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        } catch Errno.resourceTemporarilyUnavailable {
            // Another process has made the file non-blocking and read the bytes first.
            return nil
        } catch Errno.ioError {
            guard self.stopIfInBackground() else { throw Errno.ioError }
            return nil
        }
    }

    /// Stops the process if another job has the terminal, and returns after `fg`.
    ///
    /// The reading threads block SIGTTIN, so the system reports EIO instead of sending it.
    ///
    /// - Returns: Whether the process was in the background.
    private func stopIfInBackground() -> Bool {
        let foreground = tcgetpgrp(self.rawValue)
        guard foreground >= 0, foreground != getpgrp() else { return false }
        kill(0, SIGTTIN)
        // An orphaned process group is not stopped; the pause keeps its caller from spinning.
        usleep(200_000)
        return true
    }
}

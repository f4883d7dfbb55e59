internal import Glibc
package import SystemPackage

/// Where text goes that a program or person reads: stdout or stderr.
package struct TextOutput: Sendable {
    /// The reader has gone, as `head` does when it has seen enough.
    package struct ReaderGone: Error {}

    /// The text could not be written.
    package struct Failure: Error, CustomStringConvertible {
        /// The system's reason.
        package let cause: Errno
        /// What went wrong, in one line.
        package var description: String { "cannot write the answers: \(self.cause)" }
    }

    let file: FileDescriptor

    /// Writes to this descriptor from now on.
    package init(_ output: FileDescriptor) {
        self.file = output
    }

    /// The width of a terminal at this moment; 80 if it does not tell, or is none.
    var columns: Int {
        var size = winsize()
        // Safe: the structure outlives the call, which fills it.
        guard unsafe ioctl(self.file.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes all of a text, waiting while the reader is slow.
    ///
    /// - Parameter text: What to write.
    /// - Throws: ``ReaderGone`` if nobody reads any more, else ``Failure``.
    package func write(_ text: String) throws {
        try self.write(Array(text.utf8))
    }

    /// Writes all bytes of a text, waiting while the reader is slow.
    ///
    /// - Parameter bytes: What to write.
    /// - Throws: ``ReaderGone`` if nobody reads any more, else ``Failure``.
    package func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            do {
                // Safe: the buffer is the array's own, and outlives the call.
                rest = rest.dropFirst(try unsafe rest.withUnsafeBytes { try unsafe self.file.write($0) })
            } catch Errno.resourceTemporarilyUnavailable {
                // Somebody has made it non-blocking.
                var file = pollfd(fd: self.file.rawValue, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&file, 1, -1)
            } catch Errno.brokenPipe {
                // The signal that would say so is ignored, so this error is how a filter learns that it may go.
                throw ReaderGone()
            } catch let error as Errno {
                throw Failure(cause: error)
            }
        }
    }
}

internal import Glibc
package import SystemPackage

/// An output stream for text: stdout or stderr.
package struct TextOutput: Sendable {
    /// The reader has closed the pipe, as `head` does when it has seen enough.
    package struct ReaderGone: Error, CustomStringConvertible {
        /// Makes the error, for callers that notice the closed pipe before they write.
        package init() {}

        /// The error in one line.
        package var description: String { "the reader has closed the pipe" }
    }

    /// An error of writing.
    package struct Failure: Error, CustomStringConvertible {
        /// The system's error.
        package let cause: Errno
        /// The error in one line.
        package var description: String { "cannot write the output: \(self.cause)" }
    }

    /// The descriptor.
    package let file: FileDescriptor

    /// Makes an output on a descriptor, which stays open.
    package init(_ output: FileDescriptor) {
        self.file = output
    }

    /// The width of the terminal now; 80 if it is unknown, or this is no terminal.
    package var columns: Int {
        var size = winsize()
        // Safe: the structure outlives the call, which fills it.
        guard unsafe ioctl(self.file.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes a whole text; blocks while the reader is slow.
    ///
    /// - Parameter text: The text.
    /// - Throws: ``ReaderGone`` if the reader has closed the pipe; ``Failure`` for every other error.
    package func write(_ text: String) throws {
        try self.write(Array(text.utf8))
    }

    /// Writes all bytes of a text; blocks while the reader is slow.
    ///
    /// - Parameter bytes: The text in UTF-8.
    /// - Throws: ``ReaderGone`` if the reader has closed the pipe; ``Failure`` for every other error.
    package func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        try self.write(&rest)
    }

    /// Writes all bytes of a text, and removes them from it; after an error, those that are not written are left.
    ///
    /// - Parameter rest: The text in UTF-8.
    /// - Throws: ``ReaderGone`` if the reader has closed the pipe; ``Failure`` for every other error.
    package func write(_ rest: inout ArraySlice<UInt8>) throws {
        while !rest.isEmpty {
            do {
                // Safe: the buffer is the array's own, and outlives the call.
                rest = rest.dropFirst(try unsafe rest.withUnsafeBytes { try unsafe self.file.write($0) })
            } catch Errno.resourceTemporarilyUnavailable {
                // Another process has made the file non-blocking.
                var file = pollfd(fd: self.file.rawValue, events: Int16(POLLOUT), revents: 0)
                // Safe: the structure outlives the call.
                _ = unsafe poll(&file, 1, -1)
            } catch Errno.brokenPipe {
                // SIGPIPE is ignored, so this error is the only sign that the reader has closed the pipe.
                throw ReaderGone()
            } catch let error as Errno {
                throw Failure(cause: error)
            }
        }
    }
}

public import SystemPackage

/// Where text goes that a program or person reads: stdout or stderr.
public struct TextOutput: Sendable {
    /// The reader has gone, as `head` does when it has seen enough.
    public struct ReaderGone: Error {}

    private let output: FileDescriptor

    /// Writes to this descriptor from now on.
    public init(_ output: FileDescriptor) {
        self.output = output
    }

    /// Writes all of a text, waiting while the reader is slow.
    ///
    /// - Parameter text: What to write.
    /// - Throws: ``ReaderGone`` if nobody reads any more, else the system's error.
    public func write(_ text: String) throws {
        do {
            try self.output.writeAll(text.utf8)
        } catch Errno.brokenPipe {
            // SwiftNIO makes the process ignore SIGPIPE, so this error is how a filter learns that it may go.
            throw ReaderGone()
        }
    }
}

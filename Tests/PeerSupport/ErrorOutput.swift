internal import Glibc
internal import SystemPackage

/// Where a server's stderr goes.
package enum ErrorOutput: Sendable {
    /// To a file that the tests read.
    case kept
    /// Nowhere: the descriptor is closed.
    case closed
    /// To a pipe that is not read, so it fills up.
    case unread

    /// The open file behind the descriptor.
    final class File: Sendable {
        /// The end that the server writes to.
        let written: FileDescriptor
        /// The read end, if it is a pipe.
        private let unread: FileDescriptor?

        /// Creates a file without a name, or a pipe.
        init(_ output: ErrorOutput) throws {
            if case .unread = output {
                let (readEnd, writeEnd) = try FileDescriptor.pipe()
                self.written = writeEnd
                self.unread = readEnd
            } else {
                var name = Array("/tmp/stderr.XXXXXX".utf8CString)
                // Safe: the name is the array's own, and ends with zero.
                self.written = FileDescriptor(rawValue: unsafe mkstemp(&name))
                unsafe unlink(name)
                self.unread = nil
                guard self.written.rawValue >= 0 else { throw Errno(rawValue: errno) }
            }
        }

        deinit {
            // A failed close matters to no test.
            try? self.written.close()
            try? self.unread?.close()
        }

        /// Reads at most 64 KiB from the pipe; blocks while the pipe is empty.
        func nextOfUnread() throws -> String {
            guard let unread = self.unread else { return "" }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            // Safe: the buffer is the array's own, and outlives the call.
            let count = unsafe try piece.withUnsafeMutableBytes { try unsafe unread.read(into: $0) }
            return String(decoding: piece.prefix(count), as: UTF8.self)
        }

        /// Returns the lines written so far.
        func lines() throws -> [String] {
            guard self.unread == nil else { return [] }
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                // Reading at the shared file offset would move the place where the server writes.
                // Safe: the buffer is the array's own, and outlives the call.
                let count = unsafe try piece.withUnsafeMutableBytes {
                    try unsafe self.written.read(fromAbsoluteOffset: Int64(bytes.count), into: $0)
                }
                if count == 0 { return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init) }
                bytes += piece.prefix(count)
            }
        }
    }
}

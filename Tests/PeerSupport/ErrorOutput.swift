internal import Glibc
internal import SystemPackage

/// What a server's stderr is.
package enum ErrorOutput: Sendable {
    /// Read by the tests.
    case kept
    /// No file at all.
    case closed
    /// A pipe that nobody reads.
    case unread

    /// The file behind it.
    final class File: Sendable {
        /// What the server writes to.
        let written: FileDescriptor
        /// The other end of a pipe.
        private let unread: FileDescriptor?

        /// Makes the file, which has no name.
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
            // Nothing was written that is still wanted.
            try? self.written.close()
            try? self.unread?.close()
        }

        /// Takes what is in the pipe that nobody reads, and waits for it if there is nothing.
        func nextOfUnread() throws -> String {
            guard let unread = self.unread else { return "" }
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            // Safe: the buffer is the array's own, and outlives the call.
            let count = unsafe try piece.withUnsafeMutableBytes { try unsafe unread.read(into: $0) }
            return String(decoding: piece.prefix(count), as: UTF8.self)
        }

        /// What has been written so far.
        func lines() throws -> [String] {
            guard self.unread == nil else { return [] }
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                // The place is given, for the server goes on writing where the file's own is. Safe: the buffer is the array's.
                let count = unsafe try piece.withUnsafeMutableBytes {
                    try unsafe self.written.read(fromAbsoluteOffset: Int64(bytes.count), into: $0)
                }
                if count == 0 { return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init) }
                bytes += piece.prefix(count)
            }
        }
    }
}

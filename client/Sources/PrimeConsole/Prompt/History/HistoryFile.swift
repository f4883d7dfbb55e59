internal import Glibc
package import SystemPackage

/// The file that keeps the lines entered for later runs.
///
/// Any number of clients may use it at once, because each appends its lines under the file's lock.
package struct HistoryFile: Sendable {
    private struct NotRegular: Error, CustomStringConvertible {
        var description: String { "it is not a regular file" }
    }

    let path: FilePath

    /// Makes a history in a file, which is not opened yet.
    ///
    /// - Parameter path: The file. The first ``add(_:)`` creates missing folders.
    package init(_ path: FilePath) {
        self.path = path
    }

    /// The history of the user: `nth-prime/history` in the folder for the state of programs; `nil` if there is no such folder.
    ///
    /// Source: XDG Base Directory Specification 0.8, `$XDG_STATE_HOME`, else `$HOME/.local/state`; only absolute paths count.
    package static var ofUser: HistoryFile? {
        let folders = [Environment["XDG_STATE_HOME"], Environment["HOME"].map { "\($0)/.local/state" }]
        let folder = folders.compactMap { $0 }.first { $0.hasPrefix("/") }
        return folder.map { HistoryFile(FilePath($0).appending("nth-prime").appending("history")) }
    }

    /// Reads the lines.
    ///
    /// - Returns: At most ``History/limit`` lines, oldest first; none if there is no such file.
    /// - Throws: An error, with a description for the user, if it cannot be read or is not a regular file.
    package func lines() throws -> [String] {
        do {
            return try self.withFile(.readOnly, lock: LOCK_SH) { file in Self.lines(in: try Self.bytes(of: file)) }
        } catch Errno.noSuchFileOrDirectory {
            return []
        }
    }

    /// Appends lines, and removes the oldest beyond ``History/limit``.
    ///
    /// - Parameter lines: The lines entered.
    /// - Throws: An error, with a description for the user, if it cannot be written or is not a regular file.
    package func add(_ lines: [String]) throws {
        try self.makeFolders()
        try self.withFile(.readWrite, options: .create, lock: LOCK_EX) { file in
            let bytes = try Self.bytes(of: file)
            let kept = Self.lines(in: bytes)
            let all = History(kept + lines).lines
            if all.starts(with: kept), bytes.isEmpty || bytes.last == UInt8(ascii: "\n") {
                let added = all.dropFirst(kept.count).map { "\($0)\n" }.joined()
                try file.seek(offset: 0, from: .end)
                try file.writeAll(added.utf8)
            } else {
                // Overwrite before truncating, so that a full disk or a crash here loses little.
                let count = try file.writeAll(toAbsoluteOffset: 0, all.map { "\($0)\n" }.joined().utf8)
                try file.resize(to: Int64(count))
            }
        }
    }

    private func makeFolders() throws {
        var folder = FilePath(root: self.path.root, [])
        for component in self.path.removingLastComponent().components {
            folder.append(component)
            // Safe: the name outlives the call.
            let made = unsafe folder.withPlatformString { unsafe mkdir($0, 0o700) }
            guard made == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        }
    }

    /// Opens the file, runs `body` under its lock, and closes it, which releases the lock.
    private func withFile<Result>(
        _ mode: FileDescriptor.AccessMode,
        options: FileDescriptor.OpenOptions = [],
        lock: CInt,
        _ body: (FileDescriptor) throws -> Result
    ) throws -> Result {
        let file = try FileDescriptor.open(
            self.path,
            mode,
            // Opening a FIFO would otherwise wait for its other end.
            options: options.union(.nonBlocking),
            permissions: [.ownerReadWrite]
        )
        return try file.closeAfter {
            var status = stat()
            // Safe: the structure outlives the call.
            guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
            // A FIFO has no offsets, and a device such as /dev/zero has no end.
            guard status.st_mode & S_IFMT == S_IFREG else { throw NotRegular() }
            // If the file system has no locks, go on without: two clients rarely write at the same moment.
            while flock(file.rawValue, lock) != 0, errno == EINTR {}
            return try body(file)
        }
    }

    private static func bytes(of file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // Safe: the buffer is the array's own, and outlives the call.
            let count = unsafe try piece.withUnsafeMutableBytes {
                try unsafe file.read(fromAbsoluteOffset: Int64(bytes.count), into: $0)
            }
            if count == 0 { return bytes }
            bytes += piece.prefix(count)
        }
    }

    private static func lines(in bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).suffix(History.limit).map { String(decoding: $0, as: UTF8.self) }
    }
}

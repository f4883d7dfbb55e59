internal import Glibc
internal import Subprocess
package import SystemPackage

/// Functions that read and write a whole small file.
package enum TextFile {
    /// Reads a file; its reported size does not matter, so files in `/proc` work too.
    ///
    /// - Throws: `Errno` if it cannot be read.
    package static func read(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                // Safe: the buffer is the array's own, and outlives the call.
                let count = unsafe try piece.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                if count == 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes += piece.prefix(count)
            }
        }
    }

    /// Writes a file that does not exist yet.
    ///
    /// - Throws: `Errno` if it cannot be written.
    package static func write(
        _ text: String,
        to path: FilePath,
        permissions: FilePermissions = [.ownerReadWrite]
    ) throws {
        let file = try FileDescriptor.open(
            path,
            .writeOnly,
            options: [.create, .exclusiveCreate],
            permissions: permissions
        )
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    /// Removes a file.
    ///
    /// - Throws: `Errno` if it cannot be removed.
    package static func remove(_ path: FilePath) throws {
        // Safe: the name outlives the call.
        guard unsafe path.withPlatformString({ unsafe unlink($0) }) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Creates an empty folder for `body`, and removes it with its contents when `body` returns.
    ///
    /// - Throws: What creating the folder or `body` throws.
    package static func withTemporaryFolder(_ body: (FilePath) async throws -> Void) async throws {
        let made = try await Programs.run(.name("mktemp"), ["-d"])
        let folder = FilePath(String(made.output.dropLast()))
        try await body(folder)
        _ = try await Programs.run(.name("rm"), ["-r", folder.string])
    }
}

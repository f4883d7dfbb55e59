internal import FoundationEssentials
package import SystemPackage

/// The files by which the kernel tells about itself and its processes.
package enum KernelFile {
    /// Returns the fields of a file, which end with a NUL character; none if it cannot be read.
    package static func strings(_ path: FilePath) -> [String] { self.split(path, at: 0) }

    /// Returns the lines of a file; none if it cannot be read.
    static func lines(_ path: FilePath) -> [String] { self.split(path, at: UInt8(ascii: "\n")) }

    private static func split(_ path: FilePath, at separator: UInt8) -> [String] {
        let bytes = FileManager.default.contents(atPath: path.string) ?? Data()
        var parts = bytes.split(separator: separator, omittingEmptySubsequences: false)
        // The last part is what follows the last separator.
        if parts.last?.isEmpty ?? false { parts.removeLast() }
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }
}

internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// The number of files that the process may have open; each connection is one.
package enum OpenFileLimit {
    /// The error of a process that cannot open the files that it needs.
    package struct TooFewFiles: Error, CustomStringConvertible {
        let available: Int
        let required: Int
        let limit: Int

        /// Both numbers, and what to do.
        package var description: String {
            "only \(self.available) more files may be open, but \(self.required) are needed; "
                + "raise the limit to \(self.limit - self.available + self.required) or more (ulimit -n)"
        }
    }

    /// Raises the limit as far as the system allows without privileges.
    ///
    /// The low default is for programs that use `select`; these programs do not.
    static func raise() {
        guard var limit = self.limit else { return }
        limit.rlim_cur = limit.rlim_max
        // Safe: the structure outlives the call, which only reads it.
        _ = unsafe setrlimit(Self.resource, &limit)
    }

    /// The number of files that may be open.
    private static var current: Int { self.limit.map { Int(clamping: $0.rlim_cur) } ?? 1024 }

    private static var limit: rlimit? {
        var limit = rlimit()
        // Safe: the structure outlives the call, which fills it.
        return unsafe getrlimit(Self.resource, &limit) == 0 ? limit : nil
    }

    /// Returns how many connections may be open, besides the files that are open already, perhaps since before the program.
    ///
    /// - Parameter requiredFiles: The number of files that the program opens, with one connection.
    /// - Returns: At least 1.
    package static func connections(requiredFiles: Int) -> Int {
        let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        return max(1, self.current - (open ?? 3) - (requiredFiles - 1))
    }

    /// Checks that so many files can be opened, by opening them: the parent may have left others open, too.
    ///
    /// - Throws: ``TooFewFiles``; libraries would trap for want of files.
    static func require(_ count: Int) throws {
        var opened: [FileDescriptor] = []
        defer { for file in opened { try? file.close() } }
        while opened.count < count {
            guard let file = try? FileDescriptor.open(FilePath("/dev/null"), .readOnly) else {
                throw TooFewFiles(available: opened.count, required: count, limit: self.current)
            }
            opened.append(file)
        }
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}

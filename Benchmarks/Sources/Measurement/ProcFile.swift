import Foundation

/// The contents of one file below Linux's `/proc`, as they were when it was read.
struct ProcFile {
    let text: String

    /// Reads a file; fails if it cannot be read, such as one of a process that has ended.
    ///
    /// - Parameter path: The file's path.
    init?(path: String) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        self.init(text: text)
    }

    init(text: String) {
        self.text = text
    }

    /// Returns the value of the first `name: value` line with this name, without the white space around the value.
    subscript(_ name: String) -> String? {
        for line in self.text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    /// Returns the amount on a line such as `MemTotal:       24736300 kB`, in bytes.
    func bytes(named name: String) -> Int? {
        self[name]?.split(separator: " ").first.flatMap { Int($0) }.map { $0 * 1_024 }
    }
}

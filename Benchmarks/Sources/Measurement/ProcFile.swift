import Foundation

/// One of Linux's files of `name: value` lines, such as `/proc/cpuinfo`.
struct ProcFile {
    private let text: String

    /// Reads the file; fails if there is none, as on other systems.
    ///
    /// - Parameter path: Where it is.
    init?(path: String) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        self.init(text: text)
    }

    init(text: String) {
        self.text = text
    }

    /// The value on the first line of this name, without the space around it.
    subscript(_ name: String) -> String? {
        for line in self.text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}

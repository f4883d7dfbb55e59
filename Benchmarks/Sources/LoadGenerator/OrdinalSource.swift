internal import Measurement
internal import SystemPackage

/// The source of the M to ask for, as written on the command line.
public enum OrdinalSource: Sendable {
    /// Every M of a range, ascending: `1000..2000`.
    case range(ClosedRange<UInt32>)
    /// Random M of a range: `random:1..4294967295`.
    case random(ClosedRange<UInt32>)
    /// The M in a file, one per line.
    case file(String)

    /// Parses a range, or `random:` and a range; any other text is the name of a file.
    ///
    /// - Parameter description: The text of the option.
    public init(_ description: String) {
        if let range = Self.range(in: description) {
            self = .range(range)
        } else if description.hasPrefix("random:"), let range = Self.range(in: description.dropFirst(7)) {
            self = .random(range)
        } else {
            self = .file(description)
        }
    }

    /// Lists the ordinals.
    ///
    /// - Parameter count: How many ordinals to draw at random, or to take from the start of a range; a file is read whole.
    /// - Returns: The ordinals; random ones are the same in every run, so that runs can be compared.
    /// - Throws: ``OrdinalSourceError`` if a line is no M or the file is empty; `Errno` if the file cannot be read.
    public func ordinals(count: Int) throws -> [UInt32] {
        switch self {
        case .range(let range):
            return Array(range.prefix(count))
        case .random(let range):
            var generator = SplitMix64(seed: 1)
            return (0..<count).map { _ in UInt32.random(in: range, using: &generator) }
        case .file(let path):
            return try Self.readFile(path)
        }
    }

    private static func range(in text: some StringProtocol) -> ClosedRange<UInt32>? {
        let ends = text.split(separator: ".").map { UInt32($0) }
        guard text.contains(".."), ends.count == 2, let first = ends[0], let last = ends[1], first <= last else {
            return nil
        }
        return first...last
    }

    private static func readFile(_ path: String) throws -> [UInt32] {
        let file = try FileDescriptor.open(FilePath(path), .readOnly)
        let text = try file.closeAfter {
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = try unsafe piece.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                if count == 0 { break }
                bytes += piece[..<count]
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        let ordinals = try text.split(whereSeparator: \.isNewline).map { line in
            guard let ordinal = UInt32(line) else { throw OrdinalSourceError(path: path, line: String(line)) }
            return ordinal
        }
        guard !ordinals.isEmpty else { throw OrdinalSourceError(path: path, line: "") }
        return ordinals
    }
}

/// A line of a file that is not an M.
public struct OrdinalSourceError: Error, CustomStringConvertible {
    /// The file's path.
    public let path: String
    /// The line's text.
    public let line: String

    /// The path, the line and the expected format, in one line.
    public var description: String {
        "\(self.path): \"\(self.line)\" is no M; each line must be a number from 0 to 4294967295"
    }
}

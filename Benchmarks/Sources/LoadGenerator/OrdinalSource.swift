internal import Measurement
internal import SystemPackage

/// Which M are asked for, as written on a command line.
public enum OrdinalSource: Sendable {
    /// Every M of a range, in order: `1000..2000`.
    case range(ClosedRange<UInt32>)
    /// Many M of a range, at random: `random:1..4294967295`.
    case random(ClosedRange<UInt32>)
    /// The M in a file, one a line.
    case file(String)

    /// Reads a range, `random:` and a range, or else the name of a file.
    ///
    /// - Parameter description: What the user wrote.
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
    /// - Parameter count: How many are drawn at random, or taken of a range at most.
    /// - Returns: The ordinals; random ones are the same for every call, so that runs can be compared.
    /// - Throws: ``OrdinalSourceError``.
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

/// A line of a file is no ordinal.
public struct OrdinalSourceError: Error, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What stands in it.
    public let line: String

    /// What went wrong, in one line.
    public var description: String { "\(self.path): \"\(self.line)\" is no M; a line holds one, from 0 to 4294967295" }
}

public import ArgumentParser
public import PrimeProtocol

/// A time on the command line, in seconds: `10`, `0.5`.
package struct Seconds: ExpressibleByArgument, ExpressibleByIntegerLiteral, Sendable {
    /// The time for the library.
    package let duration: Duration
    /// The text as the user wrote it.
    package let defaultValueDescription: String

    /// Makes a default value of whole seconds.
    package init(integerLiteral seconds: Int) {
        self.duration = .seconds(seconds)
        self.defaultValueDescription = "\(seconds)"
    }

    /// Parses seconds, from 0 to a century; `nil` if the text is no number or out of range.
    ///
    /// - Parameter argument: The text as the user wrote it.
    package init?(argument: String) {
        // A century in nanoseconds fits into 64 bits, and no time limit needs more.
        guard let seconds = Double(argument), (0...3_155_760_000).contains(seconds) else { return nil }
        self.duration = .seconds(seconds)
        self.defaultValueDescription = argument
    }
}

/// An amount of memory on the command line: `0`, `64MiB`, `4GiB`, `all`.
package struct MemorySize: ExpressibleByArgument, Sendable {
    /// The number of bytes; `Int.max` for `all`.
    package let byteCount: Int
    /// The text as the user wrote it.
    package let defaultValueDescription: String

    private static let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)]

    /// Parses a size; `nil` if the text is no size, negative, or beyond `Int.max`.
    ///
    /// - Parameter argument: Whole bytes, a whole number of KiB, MiB or GiB, or `all`.
    package init?(argument: String) {
        self.defaultValueDescription = argument
        if argument == "all" {
            self.byteCount = .max
            return
        }
        let unit = Self.units.first { argument.hasSuffix($0.0) }
        guard let number = Int(argument.dropLast(unit?.0.count ?? 0)), number >= 0,
            case (let bytes, let overflow) = number.multipliedReportingOverflow(by: 1 << (unit?.1 ?? 0)), !overflow
        else { return nil }
        self.byteCount = bytes
    }
}

extension MemorySize: ExpressibleByStringLiteral {
    /// Makes a default value; a literal that is no size traps.
    package init(stringLiteral size: String) {
        guard let size = Self(argument: size) else { preconditionFailure("\(size) is no size of memory") }
        self = size
    }
}

// Both types are public, so this conformance is, too.
extension ByteOrder: ExpressibleByArgument {}

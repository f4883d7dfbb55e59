public import ArgumentParser
public import PrimeProtocol

/// A length of time on the command line, in seconds: `10`, `0.5`.
public struct Seconds: ExpressibleByArgument, ExpressibleByIntegerLiteral, Sendable {
    /// The same as the library takes it.
    public let duration: Duration
    /// As it was written.
    public let defaultValueDescription: String

    /// Takes whole seconds, for default values.
    public init(integerLiteral seconds: Int) {
        self.duration = .seconds(seconds)
        self.defaultValueDescription = "\(seconds)"
    }

    /// Reads seconds, from 0 to a century; `nil` if it is no number, or out of range.
    ///
    /// - Parameter argument: What the user wrote.
    public init?(argument: String) {
        // A century is more than anybody waits, and small enough to be counted in nanoseconds.
        guard let seconds = Double(argument), (0...3_155_760_000).contains(seconds) else { return nil }
        self.duration = .seconds(seconds)
        self.defaultValueDescription = argument
    }
}

/// An amount of memory on the command line: `0`, `64MiB`, `4GiB`, `all`.
public struct MemorySize: ExpressibleByArgument, Sendable {
    /// How many bytes; all that can be counted for `all`.
    public let byteCount: Int
    /// As it was written.
    public let defaultValueDescription: String

    private static let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)]

    /// Reads a size; `nil` if it is none, negative, or too large to be counted.
    ///
    /// - Parameter argument: What the user wrote: whole bytes, a whole number of KiB, MiB or GiB, or `all`.
    public init?(argument: String) {
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
    /// Takes a size for a default value.
    public init(stringLiteral size: String) {
        guard let size = Self(argument: size) else { preconditionFailure("\(size) is no size of memory") }
        self = size
    }
}

extension ByteOrder: ExpressibleByArgument {}

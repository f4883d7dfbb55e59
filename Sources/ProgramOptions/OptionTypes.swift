package import ArgumentParser
public import PrimeProtocol

/// The type of an option's value, which can say what the value may be.
package protocol OptionValue {
    /// The valid values, as in "use 1 to 1024".
    static var accepted: String { get }

    /// Returns whether a text is a valid value.
    static func accepts(_ argument: String) -> Bool
}

extension OptionValue where Self: ExpressibleByArgument {
    package static func accepts(_ argument: String) -> Bool { Self(argument: argument) != nil }
}

extension Optional: OptionValue where Wrapped: OptionValue {
    package static var accepted: String { Wrapped.accepted }
    package static func accepts(_ argument: String) -> Bool { Wrapped.accepts(argument) }
}

/// A whole number in a range.
package struct Bounded<let low: Int, let high: Int>: ExpressibleByArgument, OptionValue, ExpressibleByIntegerLiteral,
    Sendable
{
    package static var accepted: String { "\(low) to \(high)" }

    /// The number.
    package let value: Int

    package var defaultValueDescription: String { "\(self.value)" }

    /// Makes a default value.
    package init(integerLiteral value: Int) {
        precondition((low...high).contains(value), "\(value) is not from \(Self.accepted)")
        self.value = value
    }

    /// Parses a number; `nil` if the text is none, or it is out of range.
    package init?(argument: String) {
        guard let value = Int(argument), (low...high).contains(value) else { return nil }
        self.value = value
    }
}

/// The name or the address of a machine.
package struct HostName: ExpressibleByArgument, OptionValue, Sendable {
    package static var accepted: String { "a name or an address, without a port" }

    /// The name or the address, without the brackets of `[::1]`.
    package let name: String

    package var defaultValueDescription: String { self.name }

    /// Parses a name or an address; `nil` for a URL, a path, a port or `host:port`.
    package init?(argument: String) {
        let isBracketed = argument.hasPrefix("[") && argument.hasSuffix("]")
        self.name = isBracketed ? String(argument.dropFirst().dropLast()) : argument
        let colons = self.name.count { $0 == ":" }
        guard !self.name.allSatisfy(\.isWhitespace), !self.name.contains("/"), colons != 1,
            !self.name.hasPrefix("["), !self.name.hasSuffix("]"),
            // A port, most likely. 0 is a short form of 0.0.0.0.
            UInt16(self.name) ?? 0 == 0
        else { return nil }
    }
}

/// A time on the command line, in seconds: `10`, `0.5`; 0 switches a time limit off.
package struct Seconds: ExpressibleByArgument, OptionValue, ExpressibleByIntegerLiteral, Sendable {
    package static var accepted: String { "seconds such as 2.5, at least 0.001, or 0" }

    /// The time for the library.
    package let duration: Duration
    /// The text as the user wrote it.
    package let defaultValueDescription: String

    /// The time of a limit; `nil` for 0, which means no limit.
    package var limit: Duration? { self.duration == .zero ? nil : self.duration }

    /// Makes a default value of whole seconds.
    package init(integerLiteral seconds: Int) {
        self.duration = .seconds(seconds)
        self.defaultValueDescription = "\(seconds)"
    }

    /// Parses seconds, from a millisecond to a century, or 0; `nil` for any other text.
    ///
    /// - Parameter argument: The text as the user wrote it.
    package init?(argument: String) {
        // A century in nanoseconds fits into 64 bits, and no time limit needs more.
        guard let seconds = Double(argument), (0...3_155_760_000).contains(seconds) else { return nil }
        // Only a written zero is zero: rounding would switch off the limit.
        let isZero = argument.prefix { $0 != "e" && $0 != "E" }.allSatisfy { !("1"..."9").contains($0) }
        guard isZero || seconds >= 0.001 else { return nil }
        self.duration = .seconds(seconds)
        self.defaultValueDescription = argument
    }
}

/// An amount of memory on the command line: `0`, `64MiB`, `4GiB`, `50%`, `all`.
package struct MemorySize: ExpressibleByArgument, OptionValue, Sendable {
    package static var accepted: String { "0, a size such as 64MiB, a share such as 50%, or all" }

    private enum Amount {
        case bytes(Int)
        case percent(Int)
    }

    private let amount: Amount
    /// The text as the user wrote it.
    package let defaultValueDescription: String

    private static let units = [("kib", 10), ("mib", 20), ("gib", 30)]

    /// Parses a size; `nil` if the text is no size, negative, beyond `Int.max`, or more than 100 %.
    ///
    /// - Parameter argument: Whole bytes; a whole number of KiB, MiB or GiB, or percent; or `all`.
    package init?(argument: String) {
        self.defaultValueDescription = argument
        let size = argument.lowercased()
        if size == "all" {
            self.amount = .bytes(.max)
            return
        }
        if size.hasSuffix("%") {
            guard let percent = Int(size.dropLast()), (0...100).contains(percent) else { return nil }
            self.amount = .percent(percent)
            return
        }
        let unit = Self.units.first { size.hasSuffix($0.0) }
        guard let number = Int(size.dropLast(unit?.0.count ?? 0)), number >= 0,
            case (let bytes, let overflow) = number.multipliedReportingOverflow(by: 1 << (unit?.1 ?? 0)), !overflow
        else { return nil }
        self.amount = .bytes(bytes)
    }

    /// Returns the number of bytes; `Int.max` for `all`.
    ///
    /// - Parameter limit: What a share is a share of, in bytes.
    /// - Returns: The number of bytes.
    package func byteCount(of limit: Int) -> Int {
        switch self.amount {
        case .bytes(let count): count
        case .percent(let percent): limit / 100 * percent
        }
    }
}

extension OptionValue where Self: RawRepresentable<String> & CaseIterable {
    /// The words: `tsv, json or value`.
    package static var accepted: String {
        let words = Self.allCases.map(\.rawValue)
        return "\(words.dropLast().joined(separator: ", ")) or \(words.last ?? "")"
    }
}

/// An option whose value is one of several words, written in any case.
package protocol WordOption: ExpressibleByArgument, OptionValue, RawRepresentable<String>, CaseIterable {}

extension WordOption {
    /// Parses a word; `nil` if it is none of them.
    ///
    /// - Parameter argument: The text as the user wrote it.
    public init?(argument: String) {
        self.init(rawValue: argument.lowercased())
    }
}

extension ByteOrder: WordOption {}

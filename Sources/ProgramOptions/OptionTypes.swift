package import ArgumentParser
public import PrimeProtocol

/// A time on the command line, in seconds: `10`, `0.5`; 0 switches a time limit off.
package struct Seconds: ExpressibleByArgument, ExpressibleByIntegerLiteral, Sendable {
    /// The time for the library.
    package let duration: Duration
    /// The text as the user wrote it.
    package let defaultValueDescription: String

    /// The time of a limit; `nil` for 0, which means no limit.
    package var limit: Duration? { self.duration == .zero ? nil : self.duration }

    /// Checks that the time is 0, or not too short to measure.
    ///
    /// - Parameter option: The name of the option: `--timeout`.
    /// - Throws: `ValidationError` if the time is less than a millisecond.
    package func check(_ option: String) throws {
        guard self.duration == .zero || self.duration >= .milliseconds(1) else {
            throw ValidationError("\(option) \(self.defaultValueDescription) is too short; use 0.001 or more, or 0")
        }
    }

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
        // Only a written zero is zero: rounding would switch off the limit.
        let isZero = argument.prefix { $0 != "e" && $0 != "E" }.allSatisfy { !("1"..."9").contains($0) }
        self.duration = isZero ? .zero : max(.seconds(seconds), .nanoseconds(1))
        self.defaultValueDescription = argument
    }
}

/// An amount of memory on the command line: `0`, `64MiB`, `4GiB`, `50%`, `all`.
package struct MemorySize: ExpressibleByArgument, Sendable {
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

/// An option whose value is one of several words, written in any case.
package protocol WordOption: ExpressibleByArgument, RawRepresentable<String> {}

extension WordOption {
    /// Parses a word; `nil` if it is none of them.
    ///
    /// - Parameter argument: The text as the user wrote it.
    public init?(argument: String) {
        self.init(rawValue: argument.lowercased())
    }
}

extension ByteOrder: WordOption {}

/// The numbers of one entry: one M, or a range with a step.
package struct Ordinals: Equatable, Sendable, Sequence {
    /// The first M.
    package let first: UInt32
    /// The end of the range, which the step may miss.
    package let last: UInt32
    /// The distance from one M to the next, at least 1.
    package let step: UInt32

    /// The number of numbers.
    var count: Int { Int((self.last - self.first) / self.step) + 1 }

    /// Returns an iterator over each M in ascending order.
    package func makeIterator() -> some IteratorProtocol<UInt32> {
        stride(from: UInt64(self.first), through: UInt64(self.last), by: Int(self.step)).lazy
            .map { UInt32($0) }.makeIterator()
    }
}

/// An error in an entry, and its place.
package struct OrdinalSyntaxError: Error, Equatable, CustomStringConvertible {
    /// The entry as it was written.
    package let entry: String
    /// The error, without the entry.
    package let problem: String

    /// Describes an error in an entry.
    ///
    /// - Parameters:
    ///   - entry: The entry as it was written.
    ///   - problem: The error, without the entry.
    package init(entry: String, problem: String) {
        self.entry = entry
        self.problem = problem
    }

    /// The entry, shortened, the error and the valid range.
    package var description: String { "\(self.entry.clipped): \(self.explanation)" }

    /// The error and the valid range.
    var explanation: String { "\(self.problem); M is a whole number from 1 to \(UInt32.max)" }
}

/// A parser for the notations of M: `1000000`, `1_000_000`, `1e6`, `10k`, `5M`, `100..200`, `100..200/10`.
package struct OrdinalParser: Sendable {
    /// Makes a parser.
    package init() {}

    /// Parses one line.
    ///
    /// - Parameter line: An entry; spaces around it and a `#` comment after it are allowed.
    /// - Returns: `nil` for a line without an entry.
    /// - Throws: ``OrdinalSyntaxError`` if the entry is not valid, or not from 1 to 4,294,967,295.
    package func parse(line: some StringProtocol) throws(OrdinalSyntaxError) -> Ordinals? {
        let entry = line.prefix { $0 != "#" }.trimming(while: \.isWhitespace)
        guard !entry.isEmpty else { return nil }
        var cursor = Cursor(entry: String(entry))
        let first = try cursor.readNumber()
        guard cursor.skip("..") else {
            try cursor.expectEnd()
            return Ordinals(first: first.value, last: first.value, step: 1)
        }
        let last = try cursor.readNumber()
        guard last.value >= first.value else {
            throw cursor.error("the range ends before it starts; use \(last.text.clipped)..\(first.text.clipped)")
        }
        guard cursor.skip("/") else {
            try cursor.expectEnd()
            return Ordinals(first: first.value, last: last.value, step: 1)
        }
        let step = try cursor.readNumber(called: "the step ")
        try cursor.expectEnd()
        return Ordinals(first: first.value, last: last.value, step: step.value)
    }
}

/// A read position in an entry.
private struct Cursor {
    /// A number and its notation.
    struct Number {
        var value: UInt32
        var text: Substring
    }

    let entry: String
    var rest: Substring

    init(entry: String) {
        self.entry = entry
        self.rest = entry[...]
    }

    /// Skips a mark if it comes next.
    mutating func skip(_ mark: String) -> Bool {
        guard self.rest.hasPrefix(mark) else { return false }
        self.rest.removeFirst(mark.count)
        return true
    }

    /// Reads a number: digits with `_` between them, then an optional `k`, `M` or exponent.
    ///
    /// - Parameter name: The name of the number in errors.
    /// - Returns: The number.
    /// - Throws: ``OrdinalSyntaxError`` if there is no number, an unexpected character follows it, or it is out of range.
    mutating func readNumber(called name: String = "") throws(OrdinalSyntaxError) -> Number {
        let start = self.rest
        guard let significand = try self.readDigits() else { throw self.unexpected() }
        var exponent: UInt64 = 0
        if self.skip("k") || self.skip("K") {
            exponent = 3
        } else if self.skip("M") || self.skip("m") {
            exponent = 6
        } else if self.skip("e") || self.skip("E") {
            guard let digits = try self.readDigits() else { throw self.unexpected() }
            exponent = digits
        }
        guard self.rest.isEmpty || self.rest.hasPrefix("..") || self.rest.hasPrefix("/") else {
            throw self.unexpected()
        }
        let text = start[..<self.rest.startIndex]
        var value = significand
        // From 10^10 on every number except 0 is out of range.
        for _ in 0..<min(exponent, 10) { value = Swift.min(value * 10, Self.tooLarge) }
        guard value > 0 else { throw self.error("\(name)\(text.clipped) is too small") }
        guard let value = UInt32(exactly: value) else { throw self.error("\(name)\(text.clipped) is too large") }
        return Number(value: value, text: text)
    }

    func expectEnd() throws(OrdinalSyntaxError) {
        guard self.rest.isEmpty else { throw self.unexpected() }
    }

    func error(_ problem: String) -> OrdinalSyntaxError {
        OrdinalSyntaxError(entry: self.entry, problem: problem)
    }

    /// The value of every number that does not fit into 4 bytes.
    private static let tooLarge = UInt64(UInt32.max) + 1

    private mutating func readDigits() throws(OrdinalSyntaxError) -> UInt64? {
        guard let first = self.rest.first, first.isASCII, first.isNumber else { return nil }
        var value: UInt64 = 0
        while let character = self.rest.first {
            if character == "_" {
                guard let next = self.rest.dropFirst().first, next.isASCII, next.isNumber else { break }
            } else if let digit = character.isASCII ? character.wholeNumberValue : nil {
                value = Swift.min(value * 10 + UInt64(digit), Self.tooLarge)
            } else {
                break
            }
            self.rest.removeFirst()
        }
        return value
    }

    /// Returns the error of an unexpected character at the cursor.
    private func unexpected() -> OrdinalSyntaxError {
        let position = self.entry.distance(from: self.entry.startIndex, to: self.rest.startIndex) + 1
        let place = "at the \(Self.ordinalWord(position)) character"
        let isNext = self.rest.first?.isWhitespace ?? false
        return self.error(isNext ? "expected the end \(place); use one entry per line" : "expected a digit \(place)")
    }

    private static func ordinalWord(_ number: Int) -> String {
        let words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
        return number <= words.count ? words[number - 1] : "\(number)th"
    }
}

extension StringProtocol {
    /// The text, shortened to 60 scalars: one character may have any number of accents.
    var clipped: String {
        let scalars = self.unicodeScalars
        guard !scalars.dropFirst(60).isEmpty else { return String(self) }
        return "\(self[..<scalars.index(scalars.startIndex, offsetBy: 57)])…"
    }

    fileprivate func trimming(while predicate: (Character) -> Bool) -> SubSequence {
        let tail = self.drop(while: predicate)
        guard let last = tail.lastIndex(where: { !predicate($0) }) else { return tail[tail.endIndex...] }
        return tail[...last]
    }
}

/// The numbers that one entry of the user stands for: one M, or every so manyth of a range.
package struct Ordinals: Equatable, Sendable, Sequence {
    /// The first M.
    package let first: UInt32
    /// No M lies beyond this.
    package let last: UInt32
    /// From one M to the next; at least 1.
    package let step: UInt32

    /// How many numbers these are.
    var count: Int { Int((self.last - self.first) / self.step) + 1 }

    /// Gives each M in turn, in ascending order.
    package func makeIterator() -> some IteratorProtocol<UInt32> {
        stride(from: UInt64(self.first), through: UInt64(self.last), by: Int(self.step)).lazy
            .map { UInt32($0) }.makeIterator()
    }
}

/// What is wrong with an entry, and where.
package struct OrdinalSyntaxError: Error, Equatable, CustomStringConvertible {
    /// The entry as it was written.
    package let entry: String
    /// What is wrong with it.
    package let problem: String

    /// Says what is wrong with an entry.
    ///
    /// - Parameters:
    ///   - entry: The entry as it was written.
    ///   - problem: What is wrong with it.
    package init(entry: String, problem: String) {
        self.entry = entry
        self.problem = problem
    }

    /// What is wrong and what would be right, in one line.
    package var description: String { "\(self.shownEntry.printable): \(self.explanation)" }

    /// The entry, as much of it as a line holds.
    var shownEntry: String { self.entry.clipped }

    /// What is wrong and what would be right.
    var explanation: String { "\(self.problem); M is a whole number from 1 to \(UInt32.max)" }
}

/// Reads what a user writes for M: `1000000`, `1_000_000`, `1e6`, `10k`, `5M`, `100..200`, `100..200/10`.
package struct OrdinalParser: Sendable {
    /// Makes a parser; they are all alike.
    package init() {}

    /// Reads one line.
    ///
    /// - Parameter line: An entry, with space and a `#` comment around it or not.
    /// - Returns: `nil` if there is nothing but space and comment.
    /// - Throws: ``OrdinalSyntaxError`` if it is no number, or not from 1 to 4,294,967,295.
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
            throw cursor.error("the range ends before it begins; write \(last.text.clipped)..\(first.text.clipped)")
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

/// A place in an entry, on its way from the first character to the last.
private struct Cursor {
    /// A number, and how it was written.
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

    /// Takes a mark, if it comes next.
    mutating func skip(_ mark: String) -> Bool {
        guard self.rest.hasPrefix(mark) else { return false }
        self.rest.removeFirst(mark.count)
        return true
    }

    /// Takes a number: digits, `_` between them, then `k`, `M` or an exponent if there is one.
    ///
    /// - Parameter name: What an error calls it.
    /// - Returns: The number.
    /// - Throws: ``OrdinalSyntaxError`` if there is none, or it is not followed by what may follow it, or out of range.
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
        // Beyond the tenth power of ten every number is out of range, but for 0.
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

    /// Stands for every number that does not fit into 4 bytes.
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

    /// Says that a digit was expected where the cursor stands.
    private func unexpected() -> OrdinalSyntaxError {
        let position = self.entry.distance(from: self.entry.startIndex, to: self.rest.startIndex) + 1
        let place = "at the \(Self.ordinalWord(position)) character"
        let isNext = self.rest.first?.isWhitespace ?? false
        return self.error(isNext ? "expected nothing more \(place); one entry a line" : "expected a digit \(place)")
    }

    private static func ordinalWord(_ number: Int) -> String {
        let words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
        return number <= words.count ? words[number - 1] : "\(number)th"
    }
}

extension StringProtocol {
    /// As much of it as a line holds beside other words.
    fileprivate var clipped: String { self.count > 60 ? "\(self.prefix(57))…" : String(self) }

    fileprivate func trimming(while predicate: (Character) -> Bool) -> SubSequence {
        let tail = self.drop(while: predicate)
        guard let last = tail.lastIndex(where: { !predicate($0) }) else { return tail[tail.endIndex...] }
        return tail[...last]
    }
}

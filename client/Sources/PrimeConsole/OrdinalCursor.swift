/// A read position in an entry.
struct OrdinalCursor {
    /// A number and its notation.
    struct Number {
        var value: UInt32
        var text: Substring
    }

    private let entry: String
    private var rest: Substring.UTF8View

    init(entry: String) {
        self.entry = entry
        self.rest = entry[...].utf8
    }

    /// Skips a mark if it comes next.
    mutating func skip(_ mark: String) -> Bool {
        guard self.isAt(mark) else { return false }
        self.rest.removeFirst(mark.utf8.count)
        return true
    }

    private func isAt(_ mark: String) -> Bool { self.rest.starts(with: mark.utf8) }

    func expectEnd() throws(OrdinalSyntaxError) {
        guard self.rest.isEmpty else { throw self.unexpected() }
    }

    func error(_ problem: String, _ kind: OrdinalSyntaxError.Kind = .notation) -> OrdinalSyntaxError {
        OrdinalSyntaxError(entry: self.entry, problem: problem, kind: kind)
    }

    // MARK: - Numbers

    /// Reads a number as people and programs write it: `1000`, `+1_000`, `1,000,000`, `5.`, `1.5e+06`, `10k`.
    ///
    /// The arithmetic is on digits, so it is exact.
    ///
    /// - Parameter name: The name of the number in errors.
    /// - Returns: The number.
    /// - Throws: ``OrdinalSyntaxError`` if there is no number, an unexpected character follows it, it has a fraction, or it
    ///   is out of range.
    mutating func readNumber(called name: String = "") throws(OrdinalSyntaxError) -> Number {
        let start = self.rest
        _ = self.skip("+")
        guard !self.isAt("0x"), !self.isAt("0X") else {
            throw self.error("hexadecimal is not accepted; write the number in decimal")
        }
        let whole = try self.readWholePart()
        let hasFraction = !self.isAt("..") && self.skip(".")
        let fraction = hasFraction && (whole.isEmpty || self.rest.first?.isDigit == true) ? try self.readDigits() : ""
        let exponent = try self.readExponent()
        guard self.rest.isEmpty || self.isAt("..") || self.isAt("/") else {
            throw self.grouped(Substring(start)) ?? self.unexpected()
        }
        let text = Substring(start[..<self.rest.startIndex])
        if fraction.utf8.count == 3, exponent == nil, Self.isGroup(whole) {
            throw self.separated(text, "is ambiguous", mark: "point", groups: [whole, fraction])
        }
        // The number is these digits, without a zero at either end, times 10 to the power of `scale`.
        var digits = (whole + fraction)[...].utf8.drop { $0 == UInt8(ascii: "0") }
        var scale = (exponent ?? 0) - fraction.utf8.count
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            scale += 1
        }
        guard !digits.isEmpty else { throw self.error("\(name)\(text.clipped) is too small", .outOfRange) }
        guard scale >= 0 else { throw self.error("\(name)\(text.clipped) is not a whole number") }
        guard digits.count + scale <= 10,
            let value = UInt32("\(Substring(digits))\(String(repeating: "0", count: scale))")
        else {
            throw self.error("\(name)\(text.clipped) is too large", .outOfRange)
        }
        return Number(value: value, text: text)
    }

    /// Reads digits with `_` between them, or in groups of three after commas; none before a point.
    private mutating func readWholePart() throws(OrdinalSyntaxError) -> String {
        guard !self.isAt(".") || self.isAt("..") else { return "" }
        let start = self.rest
        let digits = try self.readDigits()
        guard self.isAt(",") else { return digits }
        let text = Substring(start.prefix { $0.isDigit || $0 == UInt8(ascii: ",") })
        let groups = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard groups.count > 1, Self.isGroup(groups[0]), groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else {
            throw self.unexpected()
        }
        self.rest = start[text.endIndex...]
        // A decimal comma stands alone, and no point follows it.
        guard groups.count > 2 || self.isAt(".") && !self.isAt("..") else {
            throw self.separated(text, "is ambiguous", mark: "comma", groups: groups)
        }
        return groups.joined()
    }

    /// Reads `k`, `M` or an exponent; `nil` if none comes next.
    private mutating func readExponent() throws(OrdinalSyntaxError) -> Int? {
        if self.skip("k") || self.skip("K") { return 3 }
        if self.skip("M") || self.skip("m") { return 6 }
        guard self.skip("e") || self.skip("E") else { return nil }
        let isNegative = self.skip("-")
        if !isNegative { _ = self.skip("+") }
        // No line is long enough for the digits that a larger exponent needs.
        let exponent = min(Int(try self.readDigits()) ?? .max, 1_000_000_000)
        return isNegative ? -exponent : exponent
    }

    /// Reads at least one digit; `_` may stand between two.
    private mutating func readDigits() throws(OrdinalSyntaxError) -> String {
        var digits = ""
        while true {
            let run = self.rest.prefix(while: \.isDigit)
            guard !run.isEmpty else { throw self.unexpected() }
            digits += Substring(run)
            self.rest = self.rest[run.endIndex...]
            guard self.isAt("_"), self.rest.dropFirst().first?.isDigit == true else { return digits }
            self.rest.removeFirst()
        }
    }

    /// Whether digits may stand before a separator of thousands.
    private static func isGroup(_ digits: String) -> Bool {
        (1...3).contains(digits.utf8.count) && digits.utf8.allSatisfy(\.isDigit) && !digits.hasPrefix("0")
    }

    // MARK: - Errors

    /// Returns the error of a number whose groups of digits are separated by a mark that is not accepted, such as `1,000`.
    private func separated(
        _ text: Substring,
        _ problem: String,
        mark: String,
        groups: [String]
    ) -> OrdinalSyntaxError {
        let (plain, marked) = (groups.joined(), groups.joined(separator: "_"))
        return self.error("\(text) \(problem); if the \(mark) separates thousands, write \(plain) or \(marked)")
    }

    /// Returns the error of a number such as `1.000.000`, `1'000` or `1 000`; `nil` for any other text.
    private func grouped(_ text: Substring) -> OrdinalSyntaxError? {
        let digits = text.drop { $0 == "+" }
        guard let mark = digits.first(where: { !("0"..."9").contains($0) }) else { return nil }
        let groups = digits.split(separator: mark, omittingEmptySubsequences: false).map { String($0) }
        guard (2...4).contains(groups.count), Self.isGroup(groups[0]),
            groups.dropFirst().allSatisfy({ $0.utf8.count == 3 && $0.utf8.allSatisfy(\.isDigit) })
        else { return nil }
        let name: String
        switch mark {
        case ".": name = "point"
        case "'", "\u{2019}": name = "apostrophe"
        case _ where mark.isWhitespace: name = "space"
        default: return nil
        }
        return self.separated(text, "is not accepted", mark: name, groups: groups)
    }

    /// Returns the error of an unexpected character at the cursor.
    private func unexpected() -> OrdinalSyntaxError {
        let position = self.entry.distance(from: self.entry.startIndex, to: self.rest.startIndex) + 1
        let place = "at the \(Self.ordinalWord(position)) character"
        let isNext = Substring(self.rest).first.map { $0.isWhitespace || $0 == "," || $0 == ";" } ?? false
        return self.error(isNext ? "expected the end \(place); use one entry per line" : "expected a digit \(place)")
    }

    private static func ordinalWord(_ number: Int) -> String {
        let words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
        return number <= words.count ? words[number - 1] : "\(number)th"
    }
}

extension UInt8 {
    /// Whether this is one of `0` to `9`.
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

/// A number as people and programs write it: `1000`, `+1_000`, `1,000,000`, `5.`, `1.5e+06`, `10k`.
enum WrittenNumber: Equatable {
    case value(UInt32)
    case tooSmall
    case tooLarge
    case notWhole
    /// A number such as `1.000`, because in some countries a point separates thousands.
    case ambiguous
    case notANumber

    /// The value; `nil` if it is not a whole number from 1 to 4,294,967,295.
    var value: UInt32? { if case .value(let value) = self { value } else { nil } }

    /// Reads a number; the arithmetic is on digits, so it is exact.
    init(_ text: some StringProtocol) {
        var rest = Substring(text).utf8
        let isNegative = rest.skip("-")
        if !isNegative { _ = rest.skip("+") }
        let start = rest
        let whole = rest.skipWholePart()
        let wholeText = Substring(start[..<rest.startIndex])
        let fraction = rest.skip(".") ? rest.skipDigits() : ""
        guard !whole.isEmpty || !fraction.isEmpty, let exponent = rest.skipExponent(), rest.isEmpty else {
            self = .notANumber
            return
        }
        if fraction.utf8.count == 3, start.last?.isDigit == true, exponent == 0, wholeText.isFirstGroup {
            self = .ambiguous
            return
        }
        // The number is these digits, without a zero at either end, times 10 to the power of `scale`.
        var digits = (whole + fraction)[...].utf8.drop { $0 == UInt8(ascii: "0") }
        var scale = exponent - fraction.utf8.count
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            scale += 1
        }
        if digits.isEmpty || isNegative {
            self = .tooSmall
        } else if scale < 0 {
            self = .notWhole
        } else if digits.count + scale <= 10,
            let value = UInt32("\(Substring(digits))\(String(repeating: "0", count: scale))")
        {
            self = .value(value)
        } else {
            self = .tooLarge
        }
    }
}

extension StringProtocol {
    /// Whether these digits may stand before a separator of thousands.
    var isFirstGroup: Bool {
        (1...3).contains(self.utf8.count) && self.utf8.allSatisfy(\.isDigit) && !self.hasPrefix("0")
    }

    /// Whether these digits may stand after a separator of thousands.
    var isNextGroup: Bool { self.utf8.count == 3 && self.utf8.allSatisfy(\.isDigit) }
}

extension UInt8 {
    /// Whether this is one of `0` to `9`.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension Substring.UTF8View {
    fileprivate mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard self.first == UInt8(ascii: mark) else { return false }
        self.removeFirst()
        return true
    }

    /// Skips digits with `_` between them, or in groups of three after commas.
    ///
    /// - Returns: The digits alone, perhaps none.
    fileprivate mutating func skipWholePart() -> String {
        let start = self
        var digits = self.skipDigits()
        guard Substring(start[..<self.startIndex]).isFirstGroup else { return digits }
        while self.first == UInt8(ascii: ",") {
            let group = Substring(self.dropFirst().prefix(while: \.isDigit))
            // Not valid, because the comma is left over.
            guard group.isNextGroup else { return digits }
            digits += group
            self.removeFirst(4)
        }
        return digits
    }

    /// Skips digits; `_` may stand between two.
    ///
    /// - Returns: The digits alone, perhaps none.
    fileprivate mutating func skipDigits() -> String {
        var digits = ""
        while true {
            let run = self.prefix(while: \.isDigit)
            digits += Substring(run)
            self = self[run.endIndex...]
            guard !digits.isEmpty, self.first == UInt8(ascii: "_"), self.dropFirst().first?.isDigit == true else {
                return digits
            }
            self.removeFirst()
        }
    }

    /// Skips `k`, `M`, `G` or an exponent.
    ///
    /// - Returns: The power of ten, 0 if there is none; `nil` if an exponent has no digits.
    fileprivate mutating func skipExponent() -> Int? {
        if self.skip("k") || self.skip("K") { return 3 }
        if self.skip("M") || self.skip("m") { return 6 }
        if self.skip("G") || self.skip("g") { return 9 }
        guard self.skip("e") || self.skip("E") else { return 0 }
        let isNegative = self.skip("-")
        if !isNegative { _ = self.skip("+") }
        let digits = self.skipDigits()
        guard !digits.isEmpty else { return nil }
        // No entry is long enough for the digits that a larger exponent needs.
        let exponent = Swift.min(Int(digits) ?? .max, 1_000_000_000)
        return isNegative ? -exponent : exponent
    }
}

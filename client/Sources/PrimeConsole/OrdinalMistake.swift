/// An entry that is not valid, and the search for what its writer meant.
///
/// Each message has two clauses: what is wrong, and what would be right.
struct OrdinalMistake {
    /// A number's place in an entry.
    private enum Role {
        case ordinal, step

        var name: String { self == .ordinal ? "M" : "the step" }
    }

    private typealias Problem = (text: String, kind: OrdinalSyntaxError.Kind)

    private let entry: Substring
    /// Whether the search can find something; it takes long for a long entry, and finds nothing in a word.
    private let isTypingMistake: Bool

    init(entry: Substring) {
        self.entry = entry
        self.isTypingMistake =
            entry.utf8.count <= 1000
            && entry.utf8.contains { $0.isDigit || $0 == UInt8(ascii: ".") || $0 >= 0x80 }
    }

    /// The error of the entry.
    var error: OrdinalSyntaxError {
        let problem =
            (self.isTypingMistake ? self.notation : nil) ?? self.problem(of: self.entry) ?? ("not valid", .notation)
        return OrdinalSyntaxError(entry: String(self.entry), problem: problem.text, kind: problem.kind)
    }

    private var notation: Problem? {
        if let groups = self.groups { return groups }
        let text = self.separators ?? self.otherRange ?? self.loneStep ?? self.wrappedRange
        return text.map { ($0, .notation) } ?? self.range
    }

    // MARK: - Entries

    /// The problem of thousands that are separated by a mark other than the comma: `1.000.000`, `1'000`, `1 000`.
    private var groups: Problem? {
        guard let mark = self.entry.first(where: { !("0"..."9").contains($0) }) else { return nil }
        let groups = self.entry.split(separator: mark, omittingEmptySubsequences: false)
        guard groups.count > (mark == "." ? 2 : 1), groups[0].isFirstGroup,
            groups.dropFirst().allSatisfy(\.isNextGroup)
        else { return nil }
        let name: String
        switch mark {
        case ".": name = "points"
        case "'", "\u{2019}": name = "apostrophes"
        case _ where mark.isWhitespace: name = "spaces"
        default: return nil
        }
        return self.problem("\(name) do not group thousands", of: groups.joined())
    }

    /// The problem of several entries without a space between them: `1,2`, `1;2`, or with an unusual space.
    private var separators: String? {
        let isMark = { (character: Character) in [",", ";", "|"].contains(character) || character.isWhitespace }
        let parts = self.entry.split(whereSeparator: isMark)
        guard parts.count > 1, parts.allSatisfy({ Ordinals($0) != nil }) else { return nil }
        let spaced = parts.joined(separator: " ").clipped
        guard self.entry.allSatisfy({ $0 == "," || $0.isASCII && $0.isNumber }) else {
            return "plain spaces separate entries; write \(spaced)"
        }
        let joined = WrittenNumber(parts.joined()).value == nil ? "" : ", or \(parts.joined()) as one number"
        return "commas group thousands; write \(spaced)\(joined)"
    }

    /// The problem of a range with another mark: `1-10`, `1...10`, `1:10`.
    private var otherRange: String? {
        guard self.entry.utf8.first?.isDigit == true else { return nil }
        for mark in ["...", "\u{2026}", "->", "-", "\u{2013}", "\u{2014}", "~", ":", "to"] {
            guard let (start, end) = self.entry.cut(at: mark), let first = WrittenNumber(start).value,
                let last = WrittenNumber(end).value
            else { continue }
            return
                "a range is written \((first <= last ? start : end).clipped)..\((first <= last ? end : start).clipped)"
        }
        return nil
    }

    /// The problem of a step without a range: `10/2`.
    private var loneStep: String? {
        guard let (number, step) = self.entry.cut(at: "/"), WrittenNumber(number).value != nil,
            WrittenNumber(step).value != nil
        else { return nil }
        return "a step needs a range; write 1..\(number.clipped)/\(step.clipped)"
    }

    /// The problem of a range inside other characters: `"1..10"`.
    private var wrappedRange: String? {
        guard self.entry.cut(at: "..") != nil, let first = self.entry.first, !first.isNumber, !".-+".contains(first),
            let core = Self.core(of: self.entry), core.cut(at: "..") != nil
        else { return nil }
        return "not a range; write \(core.clipped)"
    }

    private var range: Problem? {
        guard let (start, tail) = self.entry.cut(at: "..") else { return nil }
        let (end, step) = tail.cut(at: "/") ?? (tail, "1")
        let text: String
        if start.isEmpty, end.isEmpty {
            text = "a range is written 1..10, without spaces"
        } else if start.isEmpty {
            let advice = Ordinals("1..\(tail)") == nil ? "a range is written 1..10" : "write 1..\(tail.clipped)"
            text = "the range has no start; \(advice)"
        } else if end.isEmpty {
            text = "the range has no end; M is at most \(UInt32.max)"
        } else if let (_, end) = tail.cut(at: "..") {
            let isRight = Ordinals("\(start)..\(end)") != nil
            text = "a range has one start and one end; write \(isRight ? "\(start.clipped)..\(end.clipped)" : "1..10")"
        } else if let problem = self.problem(of: start) ?? self.problem(of: end) {
            return problem
        } else if step.isEmpty {
            text = "the step is missing; write \(start.clipped)..\(end.clipped)/2 for every second M"
        } else if let problem = self.problem(of: step, as: .step) {
            return problem
        } else {
            let rest = tail[end.endIndex...]
            text = "the range ends before it starts; write \(end.clipped)..\(start.clipped)\(rest.clipped)"
        }
        return (text, .notation)
    }

    // MARK: - Numbers

    /// Returns a problem with the number that would be right, or the problem of that number.
    private func problem(_ fault: String, of number: String) -> Problem {
        self.problem(of: number[...]) ?? ("\(fault); write \(number.clipped)", .notation)
    }

    /// Returns the problem of a number, which it names if the entry has others; `nil` if the number is valid.
    private func problem(of number: Substring, as role: Role = .ordinal) -> Problem? {
        let subject = number == self.entry ? "" : "\(number.clipped) is "
        switch WrittenNumber(number) {
        case .value: return nil
        case .tooSmall: return ("\(subject)too small; \(role.name) is at least 1", .outOfRange)
        case .tooLarge: return ("\(subject)too large; \(role.name) is at most \(UInt32.max)", .outOfRange)
        case .notWhole:
            return ("\(subject)not whole; \(role.name) is a whole number from 1 to \(UInt32.max)", .notation)
        case .ambiguous:
            let digits = number.filter { $0 != "." && $0 != "+" }
            return ("\(subject)ambiguous; write \(digits) if the point groups thousands", .notation)
        case .notANumber: break
        }
        if self.isTypingMistake {
            if let problem = self.commaProblem(of: number, as: role) ?? self.otherDigits(number) { return problem }
            let notation =
                Self.otherBase(number) ?? Self.underscores(number) ?? Self.suffix(number) ?? Self.calculation(number)
            if let notation { return (notation, .notation) }
            if let core = Self.core(of: number) { return ("\(subject)not a number; write \(core.clipped)", .notation) }
        }
        return ("\(subject)not a number; \(role.name) is a whole number from 1 to \(UInt32.max)", .notation)
    }

    /// The problem of commas that do not group thousands: `1,00`, `1000,000`, `5,`.
    private func commaProblem(of number: Substring, as role: Role) -> Problem? {
        guard number.utf8.contains(UInt8(ascii: ",")),
            number.allSatisfy({ ",_+".contains($0) || $0.isASCII && $0.isNumber })
        else {
            return nil
        }
        // A decimal comma, most likely.
        if number.hasPrefix("0,") { return self.problem(of: Substring(number.replacing(",", with: ".")), as: role) }
        let digits = number.filter { !",_+".contains($0) }
        guard WrittenNumber(digits).value != nil else {
            return digits.isEmpty ? nil : self.problem(of: digits[...], as: role)
        }
        return ("commas group thousands; write \(digits.clipped)", .notation)
    }

    private static func otherBase(_ number: Substring) -> String? {
        guard number.hasPrefix("0") else { return nil }
        let bases = [("0x", 16, "hexadecimal"), ("0b", 2, "binary"), ("0o", 8, "octal")]
        guard let (_, radix, name) = bases.first(where: { number.lowercased().hasPrefix($0.0) }) else { return nil }
        let value = UInt32(number.dropFirst(2), radix: radix).flatMap { $0 > 0 ? $0 : nil }
        return "\(name) is not accepted; write \(value.map { "\($0)" } ?? "the number in decimal")"
    }

    /// The problem of other digits than those of ASCII: `１２`.
    private func otherDigits(_ number: Substring) -> Problem? {
        var digits = ""
        for scalar in number.unicodeScalars {
            guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue else {
                return nil
            }
            digits += "\(Int(value))"
        }
        return self.problem("the digits are 0 to 9", of: digits)
    }

    /// The problem of `_` that is not between two digits.
    private static func underscores(_ number: Substring) -> String? {
        guard number.utf8.contains(UInt8(ascii: "_")), case let plain = number.filter({ $0 != "_" }),
            WrittenNumber(plain).value != nil
        else { return nil }
        return "an underscore stands between two digits; write \(plain.clipped)"
    }

    /// The problem of letters after a number: `5B`, `5th`, or an exponent without digits.
    private static func suffix(_ number: Substring) -> String? {
        guard let start = number.firstIndex(where: \.isLetter), WrittenNumber(number[..<start]).value != nil else {
            return nil
        }
        let suffix = number[start...]
        if ["e", "e+", "e-"].contains(suffix.lowercased()) { return "the exponent is missing; a million is 1e6" }
        guard suffix.allSatisfy(\.isLetter) else { return nil }
        return "\(suffix.clipped) is no suffix; k is a thousand, M a million, G a billion"
    }

    private static func calculation(_ number: Substring) -> String? {
        let parts = number.split { ["+", "-", "*", "^", "\u{D7}"].contains($0) }
        guard parts.count > 1, parts.allSatisfy({ WrittenNumber($0).value != nil }) else { return nil }
        return "the client does not calculate; write the result"
    }

    /// Returns the valid entry inside other characters: `M=5`, `"5"`.
    private static func core(of number: Substring) -> Substring? {
        let isDigit = { (character: Character) in character.isASCII && character.isNumber }
        guard let first = number.firstIndex(where: isDigit), let last = number.lastIndex(where: isDigit) else {
            return nil
        }
        let core = number[first...last]
        return Ordinals(core) == nil ? nil : core
    }
}

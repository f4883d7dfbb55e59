/// How an answer is written, one on a line.
package enum AnswerFormat: String, CaseIterable, Sendable {
    /// M, a tab, the M-th prime.
    case tsv
    /// An object with M, the prime, and how long the answer took: `{"m":10,"prime":29,"microseconds":412}`.
    case json
    /// The prime alone.
    case value

    /// Writes an answer at the end of a text.
    package func append(ordinal: UInt32, prime: UInt64, microseconds: UInt32, to text: inout [UInt8]) {
        switch self {
        case .tsv:
            text.append(decimal: UInt64(ordinal))
            text.append(UInt8(ascii: "\t"))
            text.append(decimal: prime)
        case .value:
            text.append(decimal: prime)
        case .json:
            text += "{\"m\":".utf8
            text.append(decimal: UInt64(ordinal))
            text += ",\"prime\":".utf8
            text.append(decimal: prime)
            text += ",\"microseconds\":".utf8
            text.append(decimal: UInt64(microseconds))
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: "\n"))
    }

    /// Writes why there is no answer at the end of a text: an object if answers are objects, else a line for a person.
    package func append(_ failure: EntryFailure, to text: inout [UInt8]) {
        guard self == .json else {
            text += "\(failure.programName): \(failure)\n".utf8
            return
        }
        text += "{".utf8
        if let line = failure.line { text += "\"line\":\(line),".utf8 }
        text += "\"value\":".utf8
        text.append(json: failure.value)
        text += ",\"message\":".utf8
        text.append(json: failure.message)
        text += "}\n".utf8
    }
}

/// What was asked and not answered, and why.
package struct EntryFailure: CustomStringConvertible {
    /// The program that could not answer.
    package let programName: String
    /// The line that it stood on; `nil` if it came from the command line.
    package let line: Int?
    /// What was asked: M, or what was meant to be.
    package let value: String
    /// Whether `value` is a number.
    package let isOrdinal: Bool
    /// Why there is no answer.
    package let message: String

    /// Describes a question without an answer.
    package init(programName: String, line: Int?, value: String, isOrdinal: Bool, message: String) {
        self.programName = programName
        self.line = line
        self.value = value
        self.isOrdinal = isOrdinal
        self.message = message
    }

    /// In one line for a person.
    package var description: String {
        "\(self.line.map { "line \($0): " } ?? "")\(self.isOrdinal ? "M = " : "")\(self.value.printable): "
            + self.message
    }
}

extension [UInt8] {
    /// Appends the digits of a number: millions are written, and a string for each would cost more than all else.
    fileprivate mutating func append(decimal number: UInt64) {
        let start = self.count
        var rest = number
        repeat {
            self.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        var (low, high) = (start, self.count - 1)
        while low < high {
            self.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    /// Appends a string of JSON.
    fileprivate mutating func append(json text: String) {
        self.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): self += [UInt8(ascii: "\\"), byte]
            case ..<0x20: self += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: self.append(byte)
            }
        }
        self.append(UInt8(ascii: "\""))
    }
}

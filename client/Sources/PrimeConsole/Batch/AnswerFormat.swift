internal import ProgramOptions

/// The output format of a batch run, one line per answer.
package enum AnswerFormat: String, CaseIterable, Sendable {
    /// M, a tab, the M-th prime.
    case tsv
    /// An object with M, the prime, and the time from question to answer: `{"m":10,"prime":29,"microseconds":412}`.
    case json
    /// The prime alone.
    case value

    /// Appends an answer to a text.
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

    /// Appends a message about the run: an object if answers are objects, otherwise a line of prose.
    func append(notice: String, programName: String, to text: inout [UInt8]) {
        guard self == .json else {
            text += "\(programName): \(notice.printable)\n".utf8
            return
        }
        text += "{\"message\":".utf8
        text.append(json: notice)
        text += "}\n".utf8
    }

    /// Appends a failure to a text: an object if answers are objects, otherwise a line of prose.
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

extension [UInt8] {
    /// Appends the digits of a number, without a `String`, which would cost more than the rest of a run together.
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

    /// Appends a JSON string literal, in which all that is not printable is escaped.
    fileprivate mutating func append(json text: String) {
        self.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": self += "\\\(scalar)".utf8
            case _ where scalar.isPrintable: self += scalar.utf8
            default:
                for unit in scalar.utf16 {
                    let digits = String(unit, radix: 16)
                    self += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
                }
            }
        }
        self.append(UInt8(ascii: "\""))
    }
}

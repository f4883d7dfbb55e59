/// A decoder from the bytes of a terminal to keys, which may be split over any number of reads.
///
/// It knows the sequences of xterm, which current terminals follow, and the older ones of Home and End
/// (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, "PC-Style Function Keys").
///
/// Esc alone has no effect until the next key, because it may start a sequence.
package struct KeyDecoder: Sendable {
    private enum State {
        case ground
        /// After Esc.
        case escape
        /// After Esc O.
        case singleShift
        /// After Esc [, with the bytes since.
        case control([UInt8])
        /// After Esc [ [, the start of F1 to F5 on the Linux console.
        case consoleFunction
        /// Inside a scalar of `byteCount` bytes.
        case scalar([UInt8], byteCount: Int)
    }

    /// The most parameter bytes of a sequence; further bytes are text again.
    private static let longestSequence = 32

    private var state = State.ground

    package init() {}

    /// Decodes bytes of the terminal.
    ///
    /// - Parameter bytes: The bytes since the last call.
    /// - Returns: The keys that these bytes complete.
    package mutating func keys(in bytes: some Sequence<UInt8>) -> [Key] {
        var keys: [Key] = []
        for byte in bytes {
            if let key = self.take(byte) { keys.append(key) }
        }
        return keys
    }

    private mutating func take(_ byte: UInt8) -> Key? {
        let state = self.state
        self.state = .ground
        switch state {
        case .ground: return self.begin(byte)
        case .escape: return self.afterEscape(byte)
        case .singleShift: return Self.key(final: byte, parameters: [])
        case .consoleFunction: return .unknown
        case .control(let parameters):
            switch byte {
            case UInt8(ascii: "[") where parameters.isEmpty: self.state = .consoleFunction
            case 0x40...0x7E: return Self.key(final: byte, parameters: parameters)
            case 0x20...0x3F where parameters.count < Self.longestSequence: self.state = .control(parameters + [byte])
            // The sequence is cut off.
            default: return self.begin(byte)
            }
            return nil
        case .scalar(let begun, let byteCount):
            guard byte & 0xC0 == 0x80 else {
                // The scalar is cut off and dropped.
                return self.begin(byte)
            }
            guard begun.count + 1 == byteCount else {
                self.state = .scalar(begun + [byte], byteCount: byteCount)
                return nil
            }
            return .scalar(String(decoding: begun + [byte], as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}")
        }
    }

    private mutating func begin(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x1B: self.state = .escape
        case 0x0A, 0x0D: return .enter
        case 0x09: return .tab
        case 0x08, 0x7F: return .backspace
        // Ctrl keeps the low five bits of a letter: Ctrl-A is 1.
        case 0x00...0x1F: return .control(Unicode.Scalar(byte | 0x60))
        case 0x20...0x7E: return .scalar(Unicode.Scalar(byte))
        case 0xC2...0xDF: self.state = .scalar([byte], byteCount: 2)
        case 0xE0...0xEF: self.state = .scalar([byte], byteCount: 3)
        case 0xF0...0xF4: self.state = .scalar([byte], byteCount: 4)
        default: return .scalar("\u{FFFD}")
        }
        return nil
    }

    private mutating func afterEscape(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "["): self.state = .control([])
        case UInt8(ascii: "O"): self.state = .singleShift
        // Some terminals send Alt as another Esc before the sequence.
        case 0x1B: self.state = .escape
        case 0x20...0x7F: return .alt(Unicode.Scalar(byte))
        default: return self.begin(byte)
        }
        return nil
    }

    /// Returns the key of a sequence: its final byte and the parameters before it.
    private static func key(final: UInt8, parameters: [UInt8]) -> Key {
        let numbers = parameters.split(separator: UInt8(ascii: ";"))
        // The second number is 1 + the modifiers: 1 for Shift, 2 for Alt, 4 for Ctrl.
        let byWord = numbers.count > 1 && (numbers[1].elementsEqual("3".utf8) || numbers[1].elementsEqual("5".utf8))
        switch Unicode.Scalar(final) {
        case "A": return .up
        case "B": return .down
        case "C": return byWord ? .wordRight : .right
        case "D": return byWord ? .wordLeft : .left
        case "F": return .end
        case "H": return .home
        case "M": return .enter
        case "~":
            switch String(decoding: numbers.first ?? [], as: UTF8.self) {
            case "1", "7": return .home
            case "3": return .delete
            case "4", "8": return .end
            default: return .unknown
            }
        default: return .unknown
        }
    }
}

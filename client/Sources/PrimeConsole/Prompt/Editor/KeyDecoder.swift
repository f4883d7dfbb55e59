/// A decoder from the bytes of a terminal to keys, which may be split over any number of reads.
///
/// It is a state machine of the grammar of ECMA-48 (sections 5.4 and 5.6), so it finds the end of every sequence without
/// knowing any. ``ControlSequence`` knows the sequences that keys send. All others are reports of the terminal, such as
/// of the mouse or of a colour, and no keys.
///
/// The rest of a sequence may never come. So a control character, such as Enter or Ctrl-C, ends an unfinished sequence
/// and acts as always, and ``Silence`` ends it too. There is no limit to its length, because the end of a long answer,
/// such as the clipboard, would then be text.
///
/// A slow network may deliver a report with a pause after its Esc. So a short silence makes Esc a key, and until the long
/// silence the next character may still begin a sequence: `[`, `O`, `]`, `P`, `_`, `^` or `X`, with which no entry of the
/// prompt begins.
package struct KeyDecoder: Sendable {
    /// A time without input, which gives unfinished input a meaning.
    package enum Silence: CaseIterable, Sendable {
        /// Long enough to tell the key Esc from the start of a sequence, and too short to feel.
        ///
        /// A terminal writes a sequence at once, so its bytes rarely arrive apart.
        case short
        /// Long enough to know that the rest of a sequence, or the end of a paste, is lost.
        case long

        /// The time since the input, or since the shorter silence.
        var duration: Duration {
            switch self {
            case .short: .milliseconds(30)
            case .long: .seconds(1)
            }
        }
    }

    private enum State {
        case ground
        /// After Esc; or after two, as some terminals send Alt as another Esc before the sequence.
        case escape(isSecond: Bool)
        /// After Esc that a short silence has made a key; the rest of its sequence may still come.
        case escapeKey(isSecond: Bool)
        /// After Esc and intermediate bytes, with the first of these.
        case escapeIntermediates(Unicode.Scalar)
        /// Inside a sequence that CSI or SS3 begins.
        case sequence(ControlSequence)
        /// Inside a string: OSC, DCS, APC, PM or SOS.
        case string
        /// After Esc inside a string, which most likely is the first half of ST, the end of the string.
        case stringEscape
        /// After `CSI [`, the start of F1 to F5 on the Linux console; one more byte.
        case consoleFunction
        /// After the start of a report of the mouse without parameters; so many more characters.
        case mouse(Int)
    }

    /// The characters that begin a sequence after Esc: CSI, SS3, and those of a string.
    private static let introducers: Set<Unicode.Scalar> = ["[", "O", "]", "P", "_", "^", "X"]
    /// The final bytes of CSI that begin a report of the mouse, and the number of characters that follow.
    ///
    /// Source: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, "Mouse Tracking": `M` for the oldest form, `t` and
    /// `T` for highlight tracking.
    private static let mouseReports: [Unicode.Scalar: Int] = ["M": 3, "t": 2, "T": 6]

    private var scalars = ScalarDecoder()
    private var state = State.ground
    private var previous: Unicode.Scalar?
    /// Whether the input is between the start and the end of a bracketed paste.
    private var isPasting = false

    package init() {}

    /// Decodes bytes of the terminal.
    ///
    /// - Parameter bytes: The bytes since the last call.
    /// - Returns: The keys that these bytes complete.
    package mutating func keys(in bytes: some Sequence<UInt8>) -> [Key] {
        self.scalars.scalars(in: bytes).compactMap { self.take($0) }
    }

    /// Decides what unfinished input was.
    ///
    /// - Parameter silence: The time without input; a long silence follows a short one.
    /// - Returns: The key that the silence completes.
    package mutating func key(after silence: Silence) -> Key? {
        let key: Key
        switch (silence, self.state) {
        case (.short, .escape(let isSecond)):
            key = .escape
            self.state = .escapeKey(isSecond: isSecond)
        case (.short, .escapeIntermediates(let first)):
            key = .alt(first)
            self.state = .ground
        case (.short, _): return nil
        case (.long, _):
            self = KeyDecoder()
            return nil
        }
        return self.isPasting ? nil : key
    }

    // MARK: - The grammar

    /// Handles any character: one of a report of the mouse, a C1 control, or one that the grammar is made of.
    private mutating func take(_ scalar: Unicode.Scalar) -> Key? {
        defer { self.previous = scalar }
        if case .mouse(let count) = self.state {
            self.state = count > 1 ? .mouse(count - 1) : .ground
            return nil
        }
        guard case 0x80...0x9F = scalar.value else { return self.advance(scalar) }
        // A C1 control is the short form of Esc and a byte from 40 to 5F. If that begins no sequence, it is no key either.
        _ = self.advance("\u{1B}")
        _ = self.advance(Unicode.Scalar(UInt8(scalar.value - 0x40)))
        return nil
    }

    /// Advances the state machine by a character that is not a C1 control.
    private mutating func advance(_ scalar: Unicode.Scalar) -> Key? {
        let state = self.state
        self.state = .ground
        switch (state, scalar.value) {
        case (.ground, _): return self.begin(scalar)
        case (.escape(let isSecond), _): return self.afterEscape(scalar, isSecond: isSecond)
        case (.escapeKey(let isSecond), _):
            return Self.introducers.contains(scalar)
                ? self.afterEscape(scalar, isSecond: isSecond) : self.begin(scalar)
        case (.escapeIntermediates, 0x20...0x2F): self.state = state
        case (.escapeIntermediates, 0x30...0x7E): break
        // The space bar of the keypad.
        case (.sequence(let sequence), 0x20) where sequence.isBare(.ss3): return self.end(sequence, with: scalar)
        case (.sequence(let sequence), 0x20...0x3F): self.state = .sequence(sequence.appending(scalar))
        case (.sequence(let sequence), 0x40...0x7E): return self.end(sequence, with: scalar)
        case (.string, 0x07), (.stringEscape, 0x5C): break
        case (.string, 0x1B): self.state = .stringEscape
        case (.string, 0x20...): self.state = .string
        case (.stringEscape, _): return self.afterEscape(scalar, isSecond: false)
        case (.consoleFunction, 0x20...0x7E): break
        // CAN and SUB abort a sequence, and belong to it.
        case (_, 0x18), (_, 0x1A): break
        default: return self.begin(scalar)
        }
        return nil
    }

    private mutating func begin(_ scalar: Unicode.Scalar) -> Key? {
        let key = Key(sending: scalar)
        switch key {
        case .escape:
            self.state = .escape(isSecond: false)
            return nil
        // CR LF is one line break.
        case .enter where scalar == "\n" && self.previous == "\r": return nil
        case .enter, .scalar: return key
        case .tab where self.isPasting: return .scalar(" ")
        // Pasted control characters do nothing.
        default: return self.isPasting ? nil : key
        }
    }

    private mutating func afterEscape(_ scalar: Unicode.Scalar, isSecond: Bool) -> Key? {
        switch scalar {
        case "\u{1B}": self.state = .escape(isSecond: true)
        case "[": self.state = .sequence(ControlSequence(.csi, hasAlt: isSecond))
        case "O": self.state = .sequence(ControlSequence(.ss3, hasAlt: isSecond))
        case _ where Self.introducers.contains(scalar): self.state = .string
        // ST without a string: its start was cut off.
        case "\\": break
        case " "..."/": self.state = .escapeIntermediates(scalar)
        // Backspace is 8 on some terminals.
        case "\u{08}": return self.isPasting ? nil : .alt("\u{7F}")
        case "0"..."\u{7F}": return self.isPasting ? nil : .alt(scalar)
        default: return self.begin(scalar)
        }
        return nil
    }

    private mutating func end(_ sequence: ControlSequence, with final: Unicode.Scalar) -> Key? {
        switch final {
        case "[" where sequence.isBare(.csi): self.state = .consoleFunction
        case "~" where sequence.parameters == [[200]]: self.isPasting = true
        case "~" where sequence.parameters == [[201]]: self.isPasting = false
        // A terminal does not interrupt a paste with a report.
        case _ where self.isPasting: break
        default:
            guard sequence.isBare(.csi), let count = Self.mouseReports[final] else { return sequence.key(final: final) }
            self.state = .mouse(count)
        }
        return nil
    }
}

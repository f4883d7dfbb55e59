internal import ProgramOptions

extension ControlSequence {
    /// The modifiers of a key, as xterm and kitty number them.
    private struct Modifiers: OptionSet {
        static let (shift, alt, control) = (Modifiers(rawValue: 1), Modifiers(rawValue: 2), Modifiers(rawValue: 4))
        /// Super, Hyper and Meta, with which no key has a function here.
        static let others = Modifiers(rawValue: 8 | 16 | 32)
        static let capsLock = Modifiers(rawValue: 64)

        let rawValue: Int
    }

    /// Returns the key that sends the sequence.
    ///
    /// Sources: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html, "PC-Style Function Keys", "VT220-Style Function
    /// Keys" and modifyOtherKeys; https://sw.kovidgoyal.net/kitty/keyboard-protocol/; the manual of rxvt for the
    /// lower-case letters, `^` and `@`.
    ///
    /// - Parameter final: The final byte.
    /// - Returns: `nil` for a report of the terminal, a key without a function, or the release of a key.
    func key(final: Unicode.Scalar) -> Key? {
        guard let parameters = self.parameters else { return nil }
        let second = parameters.count > 1 ? parameters[1] : [0]
        switch (self.introducer, final) {
        case (.csi, "u"):
            guard let modifiers = self.modifiers(in: second) else { return nil }
            return Self.key(parameters[0], modifiers, text: parameters.count > 2 ? parameters[2][0] : 0)
        case (.csi, "~") where parameters[0] == [27] && parameters.count > 2:
            guard let modifiers = self.modifiers(in: second) else { return nil }
            return Self.key(parameters[2], modifiers, text: 0)
        case (.csi, "~"), (.csi, "^"), (.csi, "@"):
            return self.modifiers(in: second) == nil ? nil : Self.functionKey(parameters[0][0])
        // The keypad sends 40 (hexadecimal) more than its characters.
        case (.ss3, "j"..."y"), (.ss3, "I"), (.ss3, "M"):
            return Key(sending: Unicode.Scalar(UInt8(final.value - 0x40)))
        case (.ss3, "X"): return .scalar("=")
        case (.ss3, " "): return .scalar(" ")
        default:
            guard let modifiers = self.modifiers(in: parameters[parameters.count - 1]) else { return nil }
            return self.cursorKey(final, modifiers)
        }
    }

    /// Returns the modifiers in a parameter; `nil` if its second part says that the key was released.
    private func modifiers(in parameter: [Int]) -> Modifiers? {
        guard parameter.count < 2 || parameter[1] != 3 else { return nil }
        // The number is 1 more, or 0 if it is left out.
        let modifiers = Modifiers(rawValue: max(parameter[0] - 1, 0))
        return self.hasAlt ? modifiers.union(.alt) : modifiers
    }

    private static func functionKey(_ number: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 3: .delete
        case 4, 8: .end
        default: nil
        }
    }

    private func cursorKey(_ final: Unicode.Scalar, _ modifiers: Modifiers) -> Key? {
        let isByWord = !modifiers.isDisjoint(with: [.alt, .control])
        switch final {
        case "A": return .up
        case "B": return .down
        case "C": return isByWord ? .wordRight : .right
        case "D": return isByWord ? .wordLeft : .left
        case "F": return .end
        case "H": return .home
        // rxvt sends a lower-case letter with Shift (CSI) or Ctrl (SS3).
        case "a"..."d" where self.body.isEmpty:
            let upperCase = Unicode.Scalar(UInt8(final.value - 0x20))
            return self.cursorKey(upperCase, self.introducer == .ss3 ? .control : modifiers)
        default: return nil
        }
    }

    // MARK: - Keys with a code

    /// The keys of the keypad, from the code 57399 on; `nil` for those without a function.
    private static let keypad: [Key?] =
        "0123456789./*-+".unicodeScalars.map { .scalar($0) } + [.enter, .scalar("="), .scalar(",")]
        + [.left, .right, .up, .down, nil, nil, .home, .end, nil, .delete]

    /// Returns the key with a code, which is a Unicode scalar or a number of kitty's in the private use area.
    ///
    /// - Parameters:
    ///   - codes: The code; then those of the same key with Shift and on an English keyboard, or 0.
    ///   - modifiers: The modifiers.
    ///   - text: The scalar that the key types, or 0.
    /// - Returns: What the key does without the protocol.
    private static func key(_ codes: [Int], _ modifiers: Modifiers, text: Int) -> Key? {
        let codes = codes + [0, 0]
        if Self.keypad.indices.contains(codes[0] - 57399) { return Self.keypad[codes[0] - 57399] }
        guard modifiers.isDisjoint(with: .others) else { return nil }
        switch codes[0] {
        case 8, 127: return modifiers.contains(.alt) ? .alt("\u{7F}") : .backspace
        case 9: return modifiers.contains(.shift) ? nil : .tab
        case 13: return .enter
        case 27: return .escape
        case _ where modifiers.contains(.control):
            let letter = codes[2] == 0 ? codes[0] : codes[2]
            // Ctrl-/ and Ctrl-7 send what Ctrl-_ does, and that is Ctrl-Shift-- on most keyboards.
            if letter == 0x2F || letter == 0x37 || letter == 0x2D && modifiers.contains(.shift) { return .control("_") }
            return (0x40...0x7E).contains(letter) ? Key(sending: Unicode.Scalar(UInt8(letter & 0x1F))) : nil
        default:
            guard let scalar = Self.scalar(codes, modifiers, text: text) else { return nil }
            return modifiers.contains(.alt) ? .alt(scalar) : .scalar(scalar)
        }
    }

    private static func scalar(_ codes: [Int], _ modifiers: Modifiers, text: Int) -> Unicode.Scalar? {
        let hasShift = modifiers.contains(.shift)
        let shifted = hasShift ? codes[1] : 0
        let typed = text != 0 ? text : shifted != 0 ? shifted : codes[0]
        guard let scalar = Unicode.Scalar(UInt32(typed)), scalar.isPrintable,
            scalar.properties.generalCategory != .privateUse
        else { return nil }
        // If the terminal reports only the key, only the case of letters is known.
        guard typed == codes[0], hasShift != modifiers.contains(.capsLock) else { return scalar }
        return Unicode.Scalar(scalar.properties.uppercaseMapping) ?? scalar
    }
}

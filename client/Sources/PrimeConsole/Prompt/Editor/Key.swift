/// A key press that the prompt distinguishes.
package enum Key: Hashable, Sendable {
    /// A Unicode scalar: a character or a part of one.
    case scalar(Unicode.Scalar)
    /// A key with Ctrl; letters in lower case.
    case control(Unicode.Scalar)
    /// A key with Alt, or right after Esc.
    case alt(Unicode.Scalar)
    case enter, backspace, delete, tab, escape
    case left, right, up, down, home, end, wordLeft, wordRight
}

extension Key {
    /// The key that sends a single character.
    init(sending character: Unicode.Scalar) {
        switch character.value {
        case 0x08, 0x7F: self = .backspace
        case 0x09: self = .tab
        case 0x0A, 0x0D: self = .enter
        case 0x1B: self = .escape
        // Ctrl keeps the low five bits: Ctrl-A is 1, and Ctrl-_ is 1F.
        case ..<0x1B: self = .control(Unicode.Scalar(UInt8(character.value) | 0x60))
        case ..<0x20: self = .control(Unicode.Scalar(UInt8(character.value) | 0x40))
        default: self = .scalar(character)
        }
    }
}

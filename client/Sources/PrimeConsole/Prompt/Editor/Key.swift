/// A key of the keyboard, as far as the prompt knows it.
package enum Key: Hashable, Sendable {
    /// A character, or the part of one that a terminal sends as one Unicode scalar.
    case scalar(Unicode.Scalar)
    /// A letter or mark with Ctrl, the letter in lower case.
    case control(Unicode.Scalar)
    /// A key with Alt, or after Esc.
    case alt(Unicode.Scalar)
    case enter, backspace, delete, tab
    case left, right, up, down, home, end, wordLeft, wordRight
    /// A key that terminals know and the prompt does not.
    case unknown
}

/// A key press that the prompt distinguishes.
package enum Key: Hashable, Sendable {
    /// A Unicode scalar: a character or a part of one.
    case scalar(Unicode.Scalar)
    /// A key with Ctrl; letters in lower case.
    case control(Unicode.Scalar)
    /// A key with Alt, or after Esc.
    case alt(Unicode.Scalar)
    case enter, backspace, delete, tab
    case left, right, up, down, home, end, wordLeft, wordRight
    /// A key without a function here.
    case unknown
}

/// A control sequence of ECMA-48 without its final byte: CSI, parameter bytes and intermediate bytes.
///
/// Some terminals send keys in the same form after SS3.
struct ControlSequence: Sendable {
    enum Introducer {
        /// `Esc [`.
        case csi
        /// `Esc O`.
        case ss3
    }

    /// The most bytes kept; the longest sequence of a key has about 40.
    private static let longestKey = 64

    let introducer: Introducer
    /// Whether the terminal has sent another Esc before the sequence, for Alt.
    let hasAlt: Bool
    /// The parameter and intermediate bytes.
    private(set) var body: [UInt8] = []

    init(_ introducer: Introducer, hasAlt: Bool) {
        self.introducer = introducer
        self.hasAlt = hasAlt
    }

    /// Returns the sequence with another byte.
    func appending(_ byte: Unicode.Scalar) -> ControlSequence {
        guard self.body.count <= Self.longestKey else { return self }
        var longer = self
        longer.body.append(UInt8(byte.value))
        return longer
    }

    /// Returns whether this is an introducer alone.
    func isBare(_ introducer: Introducer) -> Bool { self.introducer == introducer && self.body.isEmpty }

    /// The numbers of the parameters, each with its sub-parameters; 0 for one that is left out or beyond 32 bits.
    ///
    /// It is `nil` if there is anything else, such as `?` or an intermediate byte, which no key sends.
    var parameters: [[Int]]? {
        let allowed = UInt8(ascii: "0")...UInt8(ascii: ";")
        guard self.body.count <= Self.longestKey, self.body.allSatisfy(allowed.contains) else { return nil }
        return self.body.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { parameter in
            parameter.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { digits in
                Int(UInt32(String(decoding: digits, as: UTF8.self)) ?? 0)
            }
        }
    }
}

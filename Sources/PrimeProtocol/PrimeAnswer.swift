public import NIOCore

/// An answer: the M-th prime, or that there is none.
public struct PrimeAnswer: WireMessage {
    /// An answer is 8 bytes long: the prime, unsigned, or 0.
    public static let byteCount = 8

    /// The prime, from 2 to 104,484,802,043; `nil` where there is none, which is so for M = 0 alone.
    public var prime: UInt64?

    /// Whether a number may be the M-th prime, or 0 and thus no prime: most that is no answer at all is seen by that.
    ///
    /// Source: M ln M < p < M (ln M + ln ln M), the upper bound for M ≥ 6; J. B. Rosser and L. Schoenfeld, "Approximate
    /// formulas for some functions of prime numbers", Illinois J. Math. 6 (1962), (3.12) and (3.13). Up to 2³² the factor of
    /// the upper bound is at most 25.3, and for M < 6 the M-th prime is at most 2.2 M.
    ///
    /// - Parameters:
    ///   - prime: What has come.
    ///   - ordinal: M.
    /// - Returns: Whether it may.
    @inlinable
    package static func isPossible(_ prime: UInt64, for ordinal: UInt32) -> Bool {
        prime == 0 || prime > UInt64(ordinal) && prime < 26 * UInt64(ordinal)
    }

    /// Answers with a prime, or with "no such prime".
    public init(prime: UInt64?) {
        self.prime = prime
    }

    /// Reads one answer from the front of a buffer; `nil` if fewer than 8 bytes are there, which stay.
    ///
    /// - Parameters:
    ///   - buffer: What was received; the answer is taken off it.
    ///   - byteOrder: The order of the bytes in it.
    public init?(from buffer: inout ByteBuffer, byteOrder: ByteOrder) {
        guard let prime = buffer.readInteger(endianness: byteOrder.endianness, as: UInt64.self) else { return nil }
        self.prime = prime == 0 ? nil : prime
    }

    /// Writes the answer at the end of a buffer.
    ///
    /// - Parameters:
    ///   - buffer: What is to be sent.
    ///   - byteOrder: The order of the bytes in it.
    public func write(to buffer: inout ByteBuffer, byteOrder: ByteOrder) {
        buffer.writeInteger(self.prime ?? 0, endianness: byteOrder.endianness)
    }
}

/// The format of an answer: the M-th prime, an unsigned 64-bit integer, or 0 if there is no such prime.
///
/// Like ``PrimeRequest``, the functions read and write one answer of several that follow each other without a gap.
public enum PrimeAnswer {
    /// The length of an answer in bytes, 8.
    public static let byteCount = 8

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - index: The position among the answers, from 0.
    ///   - bytes: The answers, at least `(index + 1) * byteCount` bytes; a shorter span is a programming error and traps.
    ///   - byteOrder: The byte order of the connection.
    /// - Returns: The prime; 0 if there is no such prime. A peer may send any number: check it with
    ///   ``isPossible(_:for:)``.
    /// - Complexity: O(1).
    @inlinable
    public static func prime(at index: Int, in bytes: RawSpan, byteOrder: ByteOrder) -> UInt64 {
        // Safe: the span checks its bounds, and every bit pattern is an integer.
        unsafe byteOrder.converted(bytes.unsafeLoadUnaligned(fromByteOffset: index * Self.byteCount, as: UInt64.self))
    }

    /// Writes an answer.
    ///
    /// - Parameters:
    ///   - prime: The prime, from 2 to 104,484,802,043; 0 if there is no such prime.
    ///   - index: The position among the answers, from 0.
    ///   - bytes: At least `(index + 1) * byteCount` bytes; a shorter span is a programming error and traps.
    ///   - byteOrder: The byte order of the connection.
    /// - Complexity: O(1).
    @inlinable
    public static func write(
        _ prime: UInt64,
        at index: Int,
        in bytes: inout MutableRawSpan,
        byteOrder: ByteOrder
    ) {
        bytes.storeBytes(of: byteOrder.converted(prime), toByteOffset: index * Self.byteCount, as: UInt64.self)
    }

    /// Tells whether a number can be the answer to a request.
    ///
    /// The test detects most peers that speak another protocol or use the other byte order; it does not prove that the
    /// number is the M-th prime.
    ///
    /// Source: M ln M < p < M (ln M + ln ln M), the upper bound for M ≥ 6; J. B. Rosser and L. Schoenfeld, "Approximate
    /// formulas for some functions of prime numbers", Illinois J. Math. 6 (1962), (3.12) and (3.13). Up to 2³² the factor
    /// of the upper bound is at most 25.3, and for M < 6 the M-th prime is at most 2.2 M.
    ///
    /// - Parameters:
    ///   - prime: The number received.
    ///   - ordinal: M.
    /// - Returns: `true` for 0, which means "no such prime", and for every number within the bounds.
    /// - Complexity: O(1).
    @inlinable
    public static func isPossible(_ prime: UInt64, for ordinal: UInt32) -> Bool {
        prime == 0 || prime > UInt64(ordinal) && prime < 26 * UInt64(ordinal)
    }
}

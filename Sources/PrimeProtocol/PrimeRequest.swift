/// The format of a request: M, an unsigned 32-bit integer.
///
/// The functions read and write one request of several that follow each other without a gap, so a caller converts
/// a whole buffer without an intermediate value for each message. `docs/protocol.md` has the protocol in full.
public enum PrimeRequest {
    /// The length of a request in bytes, 4.
    public static let byteCount = 4

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - index: The position among the requests, from 0.
    ///   - bytes: The requests, at least `(index + 1) * byteCount` bytes; a shorter span is a programming error and traps.
    ///   - byteOrder: The byte order of the connection.
    /// - Returns: M, from 0 to 4,294,967,295. Only M = 0 has no prime.
    /// - Complexity: O(1).
    @inlinable
    public static func ordinal(at index: Int, in bytes: RawSpan, byteOrder: ByteOrder) -> UInt32 {
        // Safe: the span checks its bounds, and every bit pattern is an integer.
        unsafe byteOrder.converted(bytes.unsafeLoadUnaligned(fromByteOffset: index * Self.byteCount, as: UInt32.self))
    }

    /// Writes a request.
    ///
    /// - Parameters:
    ///   - ordinal: M, from 1 to 4,294,967,295; the server answers 0 with "no such prime".
    ///   - index: The position among the requests, from 0.
    ///   - bytes: At least `(index + 1) * byteCount` bytes; a shorter span is a programming error and traps.
    ///   - byteOrder: The byte order of the connection.
    /// - Complexity: O(1).
    @inlinable
    public static func write(
        _ ordinal: UInt32,
        at index: Int,
        in bytes: inout MutableRawSpan,
        byteOrder: ByteOrder
    ) {
        bytes.storeBytes(
            of: byteOrder.converted(ordinal),
            toByteOffset: index * Self.byteCount,
            as: UInt32.self
        )
    }
}

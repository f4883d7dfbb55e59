public import NIOCore

/// A request asks "what is the M-th prime?".
public struct PrimeRequest: WireMessage {
    /// A request is 4 bytes long: M, unsigned.
    public static let byteCount = 4

    /// M; every value but 0 has a prime.
    public var ordinal: UInt32

    /// Asks for the prime at this place.
    ///
    /// - Parameter ordinal: M, from 1; 0 is answered by "no such prime".
    public init(ordinal: UInt32) {
        self.ordinal = ordinal
    }

    /// Reads one request from the front of a buffer; `nil` if fewer than 4 bytes are there, which stay.
    ///
    /// - Parameters:
    ///   - buffer: What was received; the request is taken off it.
    ///   - byteOrder: The order of the bytes in it.
    public init?(from buffer: inout ByteBuffer, byteOrder: ByteOrder) {
        guard let ordinal = buffer.readInteger(endianness: byteOrder.endianness, as: UInt32.self) else { return nil }
        self.ordinal = ordinal
    }

    /// Writes the request at the end of a buffer.
    ///
    /// - Parameters:
    ///   - buffer: What is to be sent.
    ///   - byteOrder: The order of the bytes in it.
    public func write(to buffer: inout ByteBuffer, byteOrder: ByteOrder) {
        buffer.writeInteger(self.ordinal, endianness: byteOrder.endianness)
    }
}

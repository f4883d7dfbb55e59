/// The byte order of the numbers on a connection.
public enum ByteOrder: String, CaseIterable, Sendable {
    /// Most significant byte first: network byte order, the default of the protocol.
    case big
    /// Least significant byte first: how x86 and arm64 keep integers in memory.
    case little

    /// Converts a number between the native byte order and this one; the conversion is its own inverse.
    @inlinable
    func converted<Number: FixedWidthInteger>(_ number: Number) -> Number {
        switch self {
        case .big: number.bigEndian
        case .little: number.littleEndian
        }
    }
}

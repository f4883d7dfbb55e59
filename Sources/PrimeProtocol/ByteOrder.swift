internal import NIOCore

/// The order in which the bytes of a number travel.
public enum ByteOrder: String, CaseIterable, Sendable {
    /// Network byte order, the protocol's own: the most significant byte first.
    case big
    /// The order of an x86 integer in memory, for peers that send theirs as they stand.
    case little

    var endianness: Endianness {
        switch self {
        case .big: .big
        case .little: .little
        }
    }
}

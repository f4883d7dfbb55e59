/// A decoder from UTF-8 to scalars, which may be split over any number of reads.
///
/// Bytes that are not UTF-8 become U+FFFD. The exception is a single byte from 80 to 9F: that cannot begin a scalar, so
/// it is a C1 control in its 8-bit form.
struct ScalarDecoder: Sendable {
    /// The first bytes of a scalar that is not complete.
    private var begun: [UInt8] = []

    /// Decodes bytes.
    ///
    /// - Parameter bytes: The bytes since the last call.
    /// - Returns: The scalars that these bytes complete.
    mutating func scalars(in bytes: some Sequence<UInt8>) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for byte in bytes {
            if let first = self.begun.first {
                if byte & 0xC0 == 0x80 {
                    self.begun.append(byte)
                    guard self.begun.count == Self.length(from: first) else { continue }
                    scalars.append(String(decoding: self.begun, as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}")
                    self.begun.removeAll(keepingCapacity: true)
                    continue
                }
                // The scalar is cut off.
                scalars.append("\u{FFFD}")
                self.begun.removeAll(keepingCapacity: true)
            }
            switch byte {
            case 0x00...0x9F: scalars.append(Unicode.Scalar(byte))
            case 0xC2...0xF4: self.begun.append(byte)
            default: scalars.append("\u{FFFD}")
            }
        }
        return scalars
    }

    /// Returns the number of bytes of a scalar.
    private static func length(from first: UInt8) -> Int {
        first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    }
}

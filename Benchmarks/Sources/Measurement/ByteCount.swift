/// An amount of memory as text with three significant digits and a fitting unit: `3.48 GiB`.
public struct ByteCount: CustomStringConvertible {
    private let bytes: Int

    private static let units: [(name: String, bytes: Int)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    /// Takes an amount in bytes.
    public init(_ bytes: Int) {
        self.bytes = bytes
    }

    /// The amount and its unit.
    public var description: String {
        guard let unit = Self.units.first(where: { self.bytes >= $0.bytes }) else { return "\(self.bytes) bytes" }
        return "\((Double(self.bytes) / Double(unit.bytes)).threeDigits) \(unit.name)"
    }
}

/// A time as text with three significant digits and a fitting unit: `8.13 µs`.
public struct TimeText: CustomStringConvertible {
    private let nanoseconds: Double

    private static let units: [(name: String, nanoseconds: Double)] = [("s", 1e9), ("ms", 1e6), ("µs", 1e3)]

    /// Takes a time in nanoseconds.
    public init(nanoseconds: Double) {
        self.nanoseconds = nanoseconds
    }

    /// The time and its unit.
    public var description: String {
        // From 0.9995 of a unit on, the next smaller unit would be rounded to 1,000.
        let unit = Self.units.first { self.nanoseconds >= 0.9995 * $0.nanoseconds } ?? ("ns", 1)
        return "\((self.nanoseconds / unit.nanoseconds).threeDigits) \(unit.name)"
    }
}

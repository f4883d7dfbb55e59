/// Measured values of one case, usually times in nanoseconds, sorted.
public struct Samples: Sendable {
    private let ascending: [Double]

    /// Takes one value per operation.
    ///
    /// - Parameter values: At least one value, in any order.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "a median needs at least one value")
        self.ascending = values.sorted()
    }

    /// Takes operations that were timed together, as one value: their average in nanoseconds.
    ///
    /// - Parameters:
    ///   - total: The time of all operations.
    ///   - operations: The number of operations.
    public init(total: Duration, operations: Int) {
        self.init([total.nanoseconds / Double(operations)])
    }

    /// The median: the middle value, or the mean of the middle two.
    public var median: Double {
        let middle = self.ascending.count / 2
        return self.ascending.count.isMultiple(of: 2)
            ? (self.ascending[middle - 1] + self.ascending[middle]) / 2
            : self.ascending[middle]
    }

    /// Returns a percentile by the nearest-rank method.
    ///
    /// - Parameter percent: The percentile, from 1 to 100.
    /// - Returns: The value; `nil` if there are fewer than 100 values.
    public func percentile(_ percent: Int) -> Double? {
        guard self.ascending.count >= 100 else { return nil }
        return self.ascending[(self.ascending.count * percent + 99) / 100 - 1]
    }

    /// The difference between the largest and the smallest value, divided by the median.
    public var spread: Double {
        (self.ascending[self.ascending.count - 1] - self.ascending[0]) / self.median
    }
}

extension Duration {
    /// The time in nanoseconds; exact below 104 days.
    public var nanoseconds: Double {
        Double(self.components.seconds) * 1e9 + Double(self.components.attoseconds) / 1e9
    }
}

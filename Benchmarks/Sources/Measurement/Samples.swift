/// Times of one case, in nanoseconds, in order of size.
public struct Samples: Sendable {
    private let ascending: [Double]

    /// Takes the times of single operations.
    ///
    /// - Parameter nanoseconds: The times, in any order; at least one.
    public init(_ nanoseconds: [Double]) {
        precondition(!nanoseconds.isEmpty, "there is no median of nothing")
        self.ascending = nanoseconds.sorted()
    }

    /// Takes what operations took that were timed together: of them only the average is known.
    ///
    /// - Parameters:
    ///   - total: The time of all.
    ///   - operations: How many there were.
    public init(total: Duration, operations: Int) {
        self.init([total.nanoseconds / Double(operations)])
    }

    /// The median, in nanoseconds.
    public var median: Double {
        let middle = self.ascending.count / 2
        return self.ascending.count.isMultiple(of: 2)
            ? (self.ascending[middle - 1] + self.ascending[middle]) / 2
            : self.ascending[middle]
    }

    /// The smallest time that the given share of all times does not exceed, in nanoseconds (the nearest rank).
    ///
    /// - Parameter percent: The share, from 1 to 100.
    /// - Returns: The time, or `nil` if there are too few samples for it to mean anything.
    public func percentile(_ percent: Int) -> Double? {
        guard self.ascending.count >= 100 else { return nil }
        return self.ascending[(self.ascending.count * percent + 99) / 100 - 1]
    }

    /// How far apart the smallest and the largest are, as a share of the median.
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

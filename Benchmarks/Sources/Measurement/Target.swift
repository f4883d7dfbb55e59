/// What a case has to reach.
public enum Target: Sendable {
    /// A median of at most so many nanoseconds.
    case nanoseconds(atMost: Double)
    /// At least so many times as fast as the peer.
    case ratio(atLeast: Double)

    /// Tells whether the target is met.
    ///
    /// - Parameters:
    ///   - nanoseconds: The median that was measured.
    ///   - ratio: How many times as fast as the peer, if there was one.
    /// - Returns: `nil` if it cannot be told, as there was no peer.
    func isMet(nanoseconds: Double, ratio: Double?) -> Bool? {
        switch self {
        case .nanoseconds(let limit): nanoseconds <= limit
        case .ratio(let limit): ratio.map { $0 >= limit }
        }
    }
}

extension Target: CustomStringConvertible {
    /// The limit, as the table shows it.
    public var description: String {
        switch self {
        case .nanoseconds(let limit): "<= \(TimeText(nanoseconds: limit))"
        case .ratio(let limit): ">= \(limit.threeDigits)x"
        }
    }
}

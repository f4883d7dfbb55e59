package import NIOCore

extension PrimeServer {
    /// The time limits of a connection; `nil` switches a limit off.
    ///
    /// The server checks them every 0.1 s. Time in which the whole process is stopped does not count.
    public struct TimeLimits: Sendable {
        /// The maximum time without a request or an answer.
        public var idle: Duration? = .seconds(60)
        /// The maximum time from the first byte of a request to its last byte.
        public var request: Duration? = .seconds(10)
        /// The maximum time in which the peer receives none of the answers that wait to be sent.
        ///
        /// By default 7 s: time for three retransmissions, after 1, 2 and 4 s, and less than the default drain timeout.
        public var write: Duration? = .seconds(7)
        /// The maximum age of a connection, varied at random by up to a tenth.
        ///
        /// An old connection takes no further request; it closes when all requests that it has received are answered.
        public var age: Duration?

        /// Makes the default limits: 60 s idle, 10 s for a request, 7 s for writing, any age.
        public init() {}
    }
}

/// The clocks of one connection: a plain value that learns of each event and tells which time limit is exceeded.
package struct ConnectionClocks {
    /// The state of a connection when its clocks are checked.
    package struct Activity {
        /// Whether the compute pool has requests of the connection.
        package var isComputing: Bool
        /// The number of bytes that have been written, but not sent.
        package var unsentBytes: Int

        /// Names both properties.
        package init(isComputing: Bool, unsentBytes: Int) {
            self.isComputing = isComputing
            self.unsentBytes = unsentBytes
        }
    }

    /// The maximum age of a connection, as a percentage of ``PrimeServer/TimeLimits/age``.
    ///
    /// Each connection has a random one of these, so that connections that opened together do not all close together.
    package static let agePercentages = 90...110

    /// The connection's own one of ``agePercentages``.
    ///
    /// Connections with the same percentage reach their maximum age in the order in which they opened.
    package let agePercentage: Int
    private let end: NIODeadline?
    /// The time of the last received byte or written answer.
    private(set) var lastActive: NIODeadline
    /// The time of the first byte of a request that is not complete yet.
    private var requestBegan: NIODeadline?
    /// Since when the number of sent bytes has not grown although some are unsent, and that number.
    private var stalled: (since: NIODeadline, sentBytes: Int)?
    private var writtenBytes = 0

    /// Starts the clocks.
    ///
    /// - Parameters:
    ///   - limits: The time limits.
    ///   - now: The time on the monotonic clock.
    package init(_ limits: PrimeServer.TimeLimits, at now: NIODeadline) {
        let agePercentage = Int.random(in: Self.agePercentages)
        self.agePercentage = agePercentage
        self.end = limits.age.map { now + TimeAmount($0 * agePercentage / 100) }
        self.lastActive = now
    }

    /// Records that bytes have been received.
    ///
    /// - Parameters:
    ///   - completesRequest: Whether the bytes complete a request.
    ///   - partialBytes: How many bytes of a further request there are.
    ///   - now: The time.
    package mutating func received(completesRequest: Bool, partialBytes: Int, at now: NIODeadline) {
        self.lastActive = now
        if partialBytes == 0 {
            self.requestBegan = nil
        } else if completesRequest || self.requestBegan == nil {
            self.requestBegan = now
        }
    }

    /// Records that answers have been written.
    package mutating func wrote(_ byteCount: Int, at now: NIODeadline) {
        self.lastActive = now
        self.writtenBytes += byteCount
    }

    /// Returns whether the connection has reached its maximum age.
    ///
    /// That a connection is busy does not matter: busy connections are those that balancing has to move.
    ///
    /// - Parameter now: The time.
    /// - Returns: Whether it has reached its maximum age.
    /// - Complexity: O(1).
    package func isOld(at now: NIODeadline) -> Bool {
        self.end.map { now >= $0 } ?? false
    }

    /// Returns which limit, other than that of age, the connection exceeds.
    ///
    /// - Parameters:
    ///   - activity: The connection's state.
    ///   - limits: The time limits; not stored here, because there are many clocks and one set of limits.
    ///   - now: The time.
    /// - Returns: The reason to close the connection; `nil` if no limit is exceeded.
    package mutating func expiry(
        of activity: Activity,
        within limits: PrimeServer.TimeLimits,
        at now: NIODeadline
    ) -> CloseReason? {
        if activity.unsentBytes > 0 {
            let sentBytes = self.writtenBytes - activity.unsentBytes
            if let stalled = self.stalled, stalled.sentBytes == sentBytes {
                return Self.isOver(limits.write, since: stalled.since, at: now) ? .writeTimeout : nil
            }
            self.stalled = (now, sentBytes)
            return nil
        }
        self.stalled = nil
        if activity.isComputing { return nil }
        if let requestBegan = self.requestBegan {
            return Self.isOver(limits.request, since: requestBegan, at: now) ? .requestTimeout : nil
        }
        return Self.isOver(limits.idle, since: self.lastActive, at: now) ? .idle : nil
    }

    private static func isOver(_ limit: Duration?, since start: NIODeadline, at now: NIODeadline) -> Bool {
        guard let limit else { return false }
        return Duration(now - start) >= limit
    }
}

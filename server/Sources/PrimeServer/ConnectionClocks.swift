package import NIOCore

/// The clocks of one connection: a plain value, told what happened and asked whether its time is up.
package struct ConnectionClocks {
    /// How long a connection may be in which state; `nil` is for ever.
    package struct Limits: Sendable {
        /// Nothing asked, nothing owed.
        package var idle: TimeAmount?
        /// From the first byte of a request to its last.
        package var request: TimeAmount?
        /// Answers that the peer does not take.
        package var write: TimeAmount?
        /// From the beginning, give or take a tenth; whatever the connection does, it takes no further request then.
        package var age: TimeAmount?

        /// Names all limits.
        package init(idle: TimeAmount?, request: TimeAmount?, write: TimeAmount?, age: TimeAmount?) {
            self.idle = idle
            self.request = request
            self.write = write
            self.age = age
        }
    }

    /// What a connection is doing when it is asked about its clocks.
    package struct Activity {
        /// Whether whole requests wait or are being computed.
        package var isComputing: Bool
        /// Answers that have been written, but not sent: in bytes.
        package var unsentBytes: Int

        /// Names what it is doing.
        package init(isComputing: Bool, unsentBytes: Int) {
            self.isComputing = isComputing
            self.unsentBytes = unsentBytes
        }
    }

    /// The maximum age of a connection, as a percentage of ``Limits/age``.
    ///
    /// Each connection has one of these at random, so that those that opened together do not all close together.
    package static let agePercentages = 90...110

    /// The connection's own one of ``agePercentages``: those that share it reach their maximum age in the order of their
    /// opening.
    package let agePercentage: Int
    private let end: NIODeadline?
    /// When something last came or was answered.
    private(set) var lastActive: NIODeadline
    /// When the request began of which some bytes, but not all, have come.
    private var requestBegan: NIODeadline?
    /// Since when the peer has taken nothing of what is unsent, and what has been written in all by then.
    private var stalled: (since: NIODeadline, sentBytes: Int)?
    private var writtenBytes = 0

    /// Starts the clocks.
    ///
    /// - Parameters:
    ///   - limits: How long is too long.
    ///   - now: The time on the monotonic clock.
    package init(_ limits: Limits, at now: NIODeadline) {
        let agePercentage = Int.random(in: Self.agePercentages)
        self.agePercentage = agePercentage
        self.end = limits.age.map { age in now + .nanoseconds(age.nanoseconds / 100 * Int64(agePercentage)) }
        self.lastActive = now
    }

    /// Bytes have come.
    ///
    /// - Parameters:
    ///   - completesRequest: Whether a request became whole with them.
    ///   - partialBytes: How many bytes of a further one there are.
    ///   - now: The time.
    package mutating func received(completesRequest: Bool, partialBytes: Int, at now: NIODeadline) {
        self.lastActive = now
        if partialBytes == 0 {
            self.requestBegan = nil
        } else if completesRequest || self.requestBegan == nil {
            self.requestBegan = now
        }
    }

    /// Answers have been handed over to be sent.
    package mutating func wrote(_ byteCount: Int, at now: NIODeadline) {
        self.lastActive = now
        self.writtenBytes += byteCount
    }

    /// Tells whether a connection has reached its maximum age.
    ///
    /// A busy connection does, too: it is the one that balancing over several servers is about.
    ///
    /// - Parameter now: The time.
    /// - Returns: Whether it has.
    /// - Complexity: O(1).
    package func isOld(at now: NIODeadline) -> Bool {
        self.end.map { now >= $0 } ?? false
    }

    /// Tells whether a connection has exceeded another limit than that of its age.
    ///
    /// - Parameters:
    ///   - activity: What it is doing.
    ///   - limits: How long is too long: not kept here, for there are many clocks and one set of limits.
    ///   - now: The time.
    /// - Returns: Why it has to end; `nil` if it may go on.
    package mutating func expiry(of activity: Activity, within limits: Limits, at now: NIODeadline) -> CloseReason? {
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

    private static func isOver(_ limit: TimeAmount?, since start: NIODeadline, at now: NIODeadline) -> Bool {
        guard let limit else { return false }
        return now - start >= limit
    }
}

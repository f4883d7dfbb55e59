internal import Glibc

/// A modest client: one connection, one request at a time, at a steady pace.
///
/// The pace goes on while an answer is awaited, and the requests that this holds up have waited from when they were due. Who
/// asked as fast as answers come would ask least when they are slowest, and hardly see it.
package struct LatencyProbe: Sendable {
    private let port: Int
    private let pace: Duration
    private let duration: Duration
    private let ordinal: @Sendable (Int) -> UInt32

    /// Describes a client.
    ///
    /// - Parameters:
    ///   - port: The server's.
    ///   - pace: How often it asks.
    ///   - duration: How long it asks; once at least.
    ///   - ordinal: What it asks, by the number of the request; by default what every server has ready.
    package init(
        port: Int,
        every pace: Duration = .milliseconds(1),
        for duration: Duration = .milliseconds(500),
        asking ordinal: @escaping @Sendable (Int) -> UInt32 = { UInt32($0 % 1000 + 1) }
    ) {
        self.port = port
        self.pace = pace
        self.duration = duration
        self.ordinal = ordinal
    }

    /// Asks, and measures from each request to its answer.
    ///
    /// - Throws: `Errno` if the connection fails; ``WrongAnswer`` if an answer is missing or cannot be right.
    package func run() async throws -> Latencies {
        try await PeerThread.run { try self.measure() }
    }

    /// The same, on the thread that calls.
    ///
    /// - Throws: As ``run()``.
    package func measure() throws -> Latencies {
        Latencies(try PeerSocket(port: self.port).exchange(every: self.pace, for: self.duration, asking: self.ordinal))
    }
}

/// An answer that cannot be right, or none.
package struct WrongAnswer: Error {
    /// What was asked.
    package var ordinal: UInt32
    /// What came; `nil` if the connection ended instead.
    package var answer: UInt64?
}

extension PeerSocket {
    /// Asks for one prime, and waits for it.
    ///
    /// - Throws: `Errno` if the connection fails; ``WrongAnswer`` if the answer is missing or cannot be right.
    package func exchange(_ ordinal: UInt32) throws {
        try self.ask([ordinal])
        let answer = try self.answers(1).first
        guard let answer, PrimeRule.allows(answer, for: ordinal) else {
            throw WrongAnswer(ordinal: ordinal, answer: answer)
        }
    }

    /// Asks for one prime after another.
    ///
    /// - Parameters:
    ///   - pace: How often.
    ///   - duration: How long; once at least.
    ///   - ordinal: What it asks, by the number of the request.
    /// - Returns: The time from each request, or from when it was due if it could not be sent then, to its answer.
    /// - Throws: As ``exchange(_:)``.
    @discardableResult
    package func exchange(
        every pace: Duration = .milliseconds(1),
        for duration: Duration,
        asking ordinal: (Int) -> UInt32 = { UInt32($0 % 1000 + 1) }
    ) throws -> [Duration] {
        let clock = ContinuousClock()
        var due = clock.now
        let end = due + duration
        var times: [Duration] = []
        repeat {
            let early = due - clock.now
            if early > .zero { usleep(UInt32(early / .microseconds(1))) }
            // Having slept for too long is not the server's fault.
            let start = early > .zero ? clock.now : due
            try self.exchange(ordinal(times.count))
            times.append(clock.now - start)
            due += pace
        } while due < end
        return times
    }
}

internal import Glibc

/// A client that measures latency: one connection, one request at a time, at a fixed rate.
///
/// If an answer is late, the requests behind it are late too, and their latency counts from the time when they were due.
/// A client that only asks after the last answer would ask less often while the server is slow, and hide the delay
/// (coordinated omission).
package struct LatencyProbe: Sendable {
    private let port: Int
    private let pace: Duration
    private let duration: Duration
    private let ordinal: @Sendable (Int) -> UInt32

    /// Describes a client.
    ///
    /// - Parameters:
    ///   - port: The server's port.
    ///   - pace: The time between two requests.
    ///   - duration: How long the client asks; it asks at least once.
    ///   - ordinal: Returns the M of a request by its number, from 0; by default small M, which are cheap to answer.
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

    /// Asks, and measures the time from each request to its answer.
    ///
    /// - Throws: `Errno` if the connection fails; ``WrongAnswer`` if an answer is missing or cannot be right.
    package func run() async throws -> Latencies {
        try await PeerThread.run { try self.measure() }
    }

    /// Measures as ``run()``, but on the calling thread, which blocks.
    ///
    /// - Throws: As ``run()``.
    package func measure() throws -> Latencies {
        Latencies(try PeerSocket(port: self.port).exchange(every: self.pace, for: self.duration, asking: self.ordinal))
    }
}

/// A missing answer, or one that cannot be right.
package struct WrongAnswer: Error {
    /// The M that was asked.
    package var ordinal: UInt32
    /// The answer; `nil` if the connection ended instead.
    package var answer: UInt64?
}

extension PeerSocket {
    /// Asks for one prime, and waits for the answer.
    ///
    /// - Throws: `Errno` if the connection fails; ``WrongAnswer`` if the answer is missing or cannot be right.
    package func exchange(_ ordinal: UInt32) throws {
        try self.ask([ordinal])
        let answer = try self.answers(1).first
        guard let answer, PrimeRule.allows(answer, for: ordinal) else {
            throw WrongAnswer(ordinal: ordinal, answer: answer)
        }
    }

    /// Asks for one prime after another at a fixed rate.
    ///
    /// - Parameters:
    ///   - pace: The time between two requests.
    ///   - duration: How long to ask; at least one request is sent.
    ///   - ordinal: Returns the M of a request by its number, from 0.
    /// - Returns: The latency of each answer, from the time when its request was due.
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
            // If the client sleeps too long, that time is not the server's, so the clock starts at the wake-up.
            let start = early > .zero ? clock.now : due
            try self.exchange(ordinal(times.count))
            times.append(clock.now - start)
            due += pace
        } while due < end
        return times
    }
}

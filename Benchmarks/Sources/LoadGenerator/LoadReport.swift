internal import Histogram
internal import Measurement

/// What came of asking.
public struct LoadReport: Sendable {
    /// How many answers came.
    public internal(set) var answers = 0
    /// How many of them were not the expected one.
    public internal(set) var wrongAnswers = 0
    /// How many requests got no answer, because the connection was lost or the server fell silent.
    public internal(set) var unanswered = 0
    /// How many connections failed, or were ended by the server before it had answered all.
    public internal(set) var lostConnections = 0
    /// From the first request to the last answer, in seconds.
    public internal(set) var seconds = 0.0

    /// From asking to the answer, in nanoseconds, to three digits; with reconnecting, connecting is part of it.
    ///
    /// The next request waits for an answer, so a server that stalls is asked less: these times tell how long those waited
    /// who asked, not how long those would have who come at a steady rate.
    var latencies = Histogram<UInt64>(highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .three)

    /// Nothing has been asked yet.
    init() {}

    /// Answers a second.
    public var rate: Double { self.seconds > 0 ? Double(self.answers) / self.seconds : 0 }

    /// Whether every request got the right answer.
    public var isFlawless: Bool { self.wrongAnswers == 0 && self.unanswered == 0 && self.lostConnections == 0 }

    /// The time in which so many of a hundred answers came.
    ///
    /// - Parameter percent: From 0 to 100, the slowest.
    /// - Returns: Microseconds, to three digits.
    public func latency(percent: Double) -> Double {
        Double(self.latencies.valueAtPercentile(percent)) / 1000
    }

    /// Adds what another thread saw in the same time.
    mutating func add(_ other: LoadReport) {
        self.answers += other.answers
        self.wrongAnswers += other.wrongAnswers
        self.unanswered += other.unanswered
        self.lostConnections += other.lostConnections
        self.seconds = max(self.seconds, other.seconds)
        self.latencies.add(other.latencies)
    }
}

extension LoadReport: CustomStringConvertible {
    /// For people: a line for each figure.
    public var description: String {
        """
        answers           \(self.answers) in \(self.seconds.rounded(toDecimals: 2)) s, \(Int(self.rate)) a second
        latency           \(self.namedLatencies.map { "\($0) \($1) µs" }.joined(separator: ", "))
        wrong answers     \(self.wrongAnswers)
        unanswered        \(self.unanswered)
        lost connections  \(self.lostConnections)
        """
    }

    /// For programs: one line of JSON, times in microseconds.
    public var json: String {
        let latencies = self.namedLatencies.map { #""\#($0)":\#($1)"# }.joined(separator: ",")
        let seconds = self.seconds.rounded(toDecimals: 3)
        return #"{"answers":\#(self.answers),"seconds":\#(seconds),"rate":\#(Int(self.rate)),"#
            + #""latency":{\#(latencies)},"wrongAnswers":\#(self.wrongAnswers),"unanswered":\#(self.unanswered),"#
            + #""lostConnections":\#(self.lostConnections)}"#
    }

    private var namedLatencies: [(name: String, microseconds: Double)] {
        [("p50", 50), ("p99", 99), ("p99.9", 99.9), ("max", 100)].map { name, percent in
            (name, self.latency(percent: percent).rounded(toDecimals: 1))
        }
    }
}

internal import Histogram
internal import Measurement

/// The result of a run.
public struct LoadReport: Sendable {
    /// The number of answers.
    public internal(set) var answers = 0
    /// The number of answers that differ from the expected one.
    public internal(set) var wrongAnswers = 0
    /// The number of requests without an answer, because the connection was lost or the server stopped answering.
    public internal(set) var unanswered = 0
    /// The number of connections that failed, or that the server closed before it had answered everything.
    public internal(set) var lostConnections = 0
    /// The time from the first request to the last answer, in seconds.
    public internal(set) var seconds = 0.0

    /// The time from each request to its answer, in nanoseconds, to three digits; includes connecting if the plan
    /// reconnects.
    ///
    /// The load is closed-loop: a new request waits for an answer, so a stalled server receives fewer requests. These
    /// latencies are therefore lower than those of clients that arrive at a fixed rate.
    var latencies = Histogram<UInt64>(highestTrackableValue: 60_000_000_000, numberOfSignificantValueDigits: .three)

    /// Creates the report of a run without requests.
    init() {}

    /// The number of answers per second.
    public var rate: Double { self.seconds > 0 ? Double(self.answers) / self.seconds : 0 }

    /// Whether every request was answered, and answered right.
    public var isFlawless: Bool { self.wrongAnswers == 0 && self.unanswered == 0 && self.lostConnections == 0 }

    /// Returns a percentile of the latency.
    ///
    /// - Parameter percent: The percentile, from 0 to 100; 100 is the slowest answer.
    /// - Returns: The latency in microseconds, to three digits.
    public func latency(percent: Double) -> Double {
        Double(self.latencies.valueAtPercentile(percent)) / 1000
    }

    /// Adds the report of another thread of the same run.
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
    /// The report as text, one figure a line.
    public var description: String {
        """
        answers           \(self.answers) in \(self.seconds.rounded(toDecimals: 2)) s, \(Int(self.rate)) a second
        latency           \(self.namedLatencies.map { "\($0) \($1) µs" }.joined(separator: ", "))
        wrong answers     \(self.wrongAnswers)
        unanswered        \(self.unanswered)
        lost connections  \(self.lostConnections)
        """
    }

    /// The report as one line of JSON; latencies are in microseconds.
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

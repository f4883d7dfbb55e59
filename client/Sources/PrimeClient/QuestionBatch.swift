internal import NIOCore
internal import PrimeProtocol

/// Questions that were asked together, and the answers so far; lives on the event loop of its ``ConnectionPool``.
final class QuestionBatch {
    let ordinals: [UInt32]
    private let promise: EventLoopPromise<BatchAnswers>
    private var primes: [UInt64]
    private var microseconds: [UInt32]
    private var failures: [(places: Range<Int>, error: PrimeClientError)] = []
    /// The number of questions with neither an answer nor a failure.
    private var openCount: Int

    /// Creates a batch without answers.
    ///
    /// - Parameters:
    ///   - ordinals: The M, at least one.
    ///   - promise: Succeeds once each question has an answer or a failure.
    init(_ ordinals: [UInt32], promise: EventLoopPromise<BatchAnswers>) {
        self.ordinals = ordinals
        self.promise = promise
        self.primes = Array(repeating: 0, count: ordinals.count)
        self.microseconds = Array(repeating: 0, count: ordinals.count)
        self.openCount = ordinals.count
    }

    /// Whether each question has an answer or a failure.
    var isDone: Bool { self.openCount == 0 }

    /// Takes the answers to some questions.
    ///
    /// - Parameters:
    ///   - places: The positions of the questions.
    ///   - bytes: The answers as received, at least one for each position.
    ///   - byteOrder: The byte order of the connection.
    ///   - microseconds: The time from question to answer.
    /// - Throws: ``PrimeClientError`` if one of the numbers cannot be the answer. No answer counts as taken then.
    func answer(
        _ places: Range<Int>,
        with bytes: RawSpan,
        byteOrder: ByteOrder,
        after microseconds: UInt32
    ) throws(PrimeClientError) {
        // A batch that was given up may still get answers.
        guard !self.isDone else { return }
        for place in places {
            let prime = PrimeAnswer.prime(at: place - places.lowerBound, in: bytes, byteOrder: byteOrder)
            guard PrimeAnswer.isPossible(prime, for: self.ordinals[place]) else {
                throw .impossible(prime, for: self.ordinals[place], byteOrder: byteOrder)
            }
            self.primes[place] = prime
            self.microseconds[place] = microseconds
        }
        self.close(places.count)
    }

    /// Fails some questions.
    func fail(_ places: Range<Int>, _ error: PrimeClientError) {
        guard !self.isDone, !places.isEmpty else { return }
        self.failures.append((places, error))
        self.close(places.count)
    }

    /// Fails all questions, and drops the answers so far.
    func abandon(_ error: PrimeClientError) {
        guard !self.isDone else { return }
        self.failures = [(0..<self.ordinals.count, error)]
        self.close(self.openCount)
    }

    private func close(_ count: Int) {
        self.openCount -= count
        guard self.isDone else { return }
        self.failures.sort { $0.places.lowerBound < $1.places.lowerBound }
        self.promise.succeed(
            BatchAnswers(primes: self.primes, microseconds: self.microseconds, failures: self.failures)
        )
    }
}

/// Neighbouring questions of a batch with the same history.
struct QuestionSpan {
    let batch: QuestionBatch
    /// The positions in the batch.
    var places: Range<Int>
    /// The failures of their connections before any answer: 1 for a connection that broke, 2 for a time-out.
    var halfFailures = 0

    /// Removes the first questions.
    ///
    /// - Parameter count: The number of questions, at least 1; all if there are fewer.
    /// - Returns: The questions removed.
    mutating func takeFirst(_ count: Int) -> QuestionSpan {
        var first = self
        first.places = self.places.prefix(count)
        self.places = self.places.dropFirst(count)
        return first
    }
}

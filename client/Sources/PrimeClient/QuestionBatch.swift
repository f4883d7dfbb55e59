internal import NIOCore
internal import PrimeProtocol

/// Questions that are asked together, and their answers as they come; belongs to the event loop of its ``Asker``.
final class QuestionBatch {
    let ordinals: [UInt32]
    private let promise: EventLoopPromise<Answers>
    private var primes: [UInt64]
    private var microseconds: [UInt32]
    private var failures: [(places: Range<Int>, error: PrimeClientError)] = []
    /// How many questions have neither an answer nor a failure.
    private var openCount: Int

    /// Takes questions.
    ///
    /// - Parameters:
    ///   - ordinals: What is asked, at least one.
    ///   - promise: Fulfilled once each question has an answer or a failure.
    init(_ ordinals: [UInt32], promise: EventLoopPromise<Answers>) {
        self.ordinals = ordinals
        self.promise = promise
        self.primes = Array(repeating: 0, count: ordinals.count)
        self.microseconds = Array(repeating: 0, count: ordinals.count)
        self.openCount = ordinals.count
    }

    /// Whether there is nothing left to find out.
    var isDone: Bool { self.openCount == 0 }

    /// Takes as many answers as there are places.
    ///
    /// - Parameters:
    ///   - places: Which questions they belong to.
    ///   - bytes: The answers as they came, at least one for each place.
    ///   - byteOrder: The order of the bytes in them.
    ///   - microseconds: How long they took.
    /// - Throws: ``PrimeClientError`` if one of them cannot be the answer; then none is taken.
    func answer(
        _ places: Range<Int>,
        with bytes: RawSpan,
        byteOrder: ByteOrder,
        after microseconds: UInt32
    ) throws(PrimeClientError) {
        // One that was cancelled may still get answers.
        guard !self.isDone else { return }
        for place in places {
            let prime = PrimeAnswer.prime(at: place - places.lowerBound, in: bytes, byteOrder: byteOrder)
            guard PrimeAnswer.isPossible(prime, for: self.ordinals[place]) else {
                throw .impossible(prime, for: self.ordinals[place])
            }
            self.primes[place] = prime
            self.microseconds[place] = microseconds
        }
        self.close(places.count)
    }

    /// Gives questions up.
    func fail(_ places: Range<Int>, _ error: PrimeClientError) {
        guard !self.isDone, !places.isEmpty else { return }
        self.failures.append((places, error))
        self.close(places.count)
    }

    /// Gives all up; the answers that came are dropped.
    func abandon(_ error: PrimeClientError) {
        guard !self.isDone else { return }
        self.failures = [(0..<self.ordinals.count, error)]
        self.close(self.openCount)
    }

    private func close(_ count: Int) {
        self.openCount -= count
        guard self.isDone else { return }
        self.failures.sort { $0.places.lowerBound < $1.places.lowerBound }
        self.promise.succeed(Answers(primes: self.primes, microseconds: self.microseconds, failures: self.failures))
    }
}

/// Neighbouring questions of a batch that have had the same fate so far.
struct QuestionSpan {
    let batch: QuestionBatch
    /// Their places in the batch.
    var places: Range<Int>
    /// Counts the connections that have failed under them without one answer to anything: 1 for one that broke, 2 for
    /// one that was silent for too long.
    var halfFailures = 0

    /// Cuts off the first questions.
    ///
    /// - Parameter count: How many, at least 1; all, if there are no more.
    /// - Returns: They; the rest stays.
    mutating func takeFirst(_ count: Int) -> QuestionSpan {
        var first = self
        first.places = self.places.prefix(count)
        self.places = self.places.dropFirst(count)
        return first
    }
}

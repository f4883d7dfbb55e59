internal import DequeModule

/// The primes for a sequence of M, in its order; see ``PrimeClient/primes(at:)->Primes<Ordinals>``.
public struct Primes<Ordinals: Sequence<UInt32>>: AsyncSequence {
    /// A prime.
    public typealias Element = UInt64
    /// The failure of a question.
    public typealias Failure = PrimeClientError

    let client: PrimeClient
    let ordinals: Ordinals

    /// Creates an iterator, which asks its first questions in the first `next()`.
    public func makeAsyncIterator() -> Iterator {
        Iterator(client: self.client, ordinals: self.ordinals.makeIterator())
    }

    /// An iterator that asks up to 8,192 questions ahead.
    public struct Iterator: AsyncIteratorProtocol {
        // Enough to fill four connections twice, so that no connection runs dry while the caller uses answers.
        private static var batchSize: Int { 1024 }
        private static var batchLimit: Int { 8 }

        private let client: PrimeClient
        private var ordinals: Ordinals.Iterator
        private var isAtEnd = false
        private let underWay = UnderWay()
        private var current: (ordinals: [UInt32], answers: BatchAnswers) = (
            [], BatchAnswers(primes: [], microseconds: [])
        )
        private var place = 0

        fileprivate init(client: PrimeClient, ordinals: Ordinals.Iterator) {
            self.client = client
            self.ordinals = ordinals
        }

        /// Waits for the next prime.
        ///
        /// - Returns: The prime; `nil` after the last one.
        /// - Throws: ``PrimeClientError`` if its question has no answer. The sequence ends then.
        public mutating func next() async throws(PrimeClientError) -> UInt64? {
            if self.place == self.current.ordinals.count {
                self.askAhead()
                guard let (ordinals, ticket) = self.underWay.batches.popFirst() else { return nil }
                self.current = (ordinals, await ticket.waitOrCancel())
                self.place = 0
            }
            defer { self.place += 1 }
            do throws(PrimeClientError) {
                return try self.current.answers.prime(at: self.place, asked: self.current.ordinals[self.place])
            } catch {
                self.giveUp()
                throw error
            }
        }

        private mutating func askAhead() {
            while !self.isAtEnd, self.underWay.batches.count < Self.batchLimit {
                var batch: [UInt32] = []
                while batch.count < Self.batchSize, let ordinal = self.ordinals.next() { batch.append(ordinal) }
                self.isAtEnd = batch.count < Self.batchSize
                if !batch.isEmpty { self.underWay.batches.append((batch, self.client.ask(batch))) }
            }
        }

        /// Ends the sequence after a question without an answer.
        private mutating func giveUp() {
            self.underWay.cancel()
            self.isAtEnd = true
            self.current = ([], BatchAnswers(primes: [], microseconds: []))
            // `next()` adds 1 before it throws.
            self.place = -1
        }
    }
}

/// Questions asked ahead; releasing the object gives them up.
private final class UnderWay {
    var batches: Deque<(ordinals: [UInt32], ticket: PrimeClient.Ticket)> = []

    func cancel() {
        for (_, ticket) in self.batches { ticket.cancel() }
        self.batches = []
    }

    deinit {
        self.cancel()
    }
}

internal import DequeModule

/// The primes at many places, in order; see ``PrimeClient/primes(at:)-(Ordinals)``.
public struct Primes<Ordinals: Sequence<UInt32>>: AsyncSequence {
    /// A prime.
    public typealias Element = UInt64
    /// Why a prime is not to be had.
    public typealias Failure = PrimeClientError

    let client: PrimeClient
    let ordinals: Ordinals

    /// Begins to ask with the first `next()`.
    public func makeAsyncIterator() -> Iterator {
        Iterator(client: self.client, ordinals: self.ordinals.makeIterator())
    }

    /// Asks from some questions ahead.
    public struct Iterator: AsyncIteratorProtocol {
        // Enough to fill four connections twice, so that none runs dry while another's answers are used.
        private static var batchSize: Int { 1024 }
        private static var batchLimit: Int { 8 }

        private let client: PrimeClient
        private var ordinals: Ordinals.Iterator
        private var isAtEnd = false
        private let underWay = UnderWay()
        private var current: (ordinals: [UInt32], answers: Answers) = ([], Answers(primes: [], microseconds: []))
        private var place = 0

        fileprivate init(client: PrimeClient, ordinals: Ordinals.Iterator) {
            self.client = client
            self.ordinals = ordinals
        }

        /// Waits for the next prime.
        ///
        /// - Returns: `nil` after the last one.
        /// - Throws: ``PrimeClientError`` if it is not to be had.
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

        /// Nobody wants the primes behind one that is not to be had.
        private mutating func giveUp() {
            self.underWay.cancel()
            self.isAtEnd = true
            self.current = ([], Answers(primes: [], microseconds: []))
            // What `next()` adds for the prime that was not to be had.
            self.place = -1
        }
    }
}

/// Questions that have been asked ahead; who lets go of them cancels them.
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

package import NIOCore

/// The addresses of a server's name, and how each has done of late.
///
/// Connections go to them in turn. One that fails is passed over while others do better, and tried again later. Of several,
/// one that is not known to take connections is tried by a single attempt: if it says nothing at all, no more wait for it.
package struct AddressBook {
    /// Where the next connection should go.
    package enum Choice: Equatable {
        /// To this address.
        case address(SocketAddress)
        /// Nowhere before then: every address has refused.
        case pause(until: NIODeadline)
        /// Nowhere until an attempt that is under way has come to its end.
        case wait
    }

    private struct Entry {
        let address: SocketAddress
        /// Whether it took the last connection that was attempted.
        var isTrusted = false
        /// Whether an attempt is under way that will tell whether it may be trusted.
        var isOnTrial = false
        /// How many attempts in a row did not lead to a connection.
        var refusals = 0
        /// Refusals of attempts begun before then tell nothing new.
        var lastRefusal = NIODeadline.uptimeNanoseconds(0)
        /// How many in a row did not lead to an answer.
        var failures = 0
        /// Failures of attempts begun before then tell nothing new.
        var lastFailure = NIODeadline.uptimeNanoseconds(0)
        /// It is passed over until then, if others do better.
        var restsUntil = NIODeadline.uptimeNanoseconds(0)
    }

    private let retries: Int
    private let schedule: RetrySchedule
    private var entries: [Entry] = []
    private var next: Int

    /// Makes an empty book.
    ///
    /// - Parameters:
    ///   - retries: How many refusals of every address there may be after the first before it is hopeless.
    ///   - schedule: How long an address rests after a failure.
    ///   - start: Which address comes first; books that are used side by side begin at different ones.
    package init(retries: Int, schedule: RetrySchedule = RetrySchedule(), start: Int = 0) {
        self.retries = retries
        self.schedule = schedule
        self.next = start
    }

    /// How many addresses there are.
    package var count: Int { self.entries.count }

    /// Whether every address has refused more often than there are retries.
    package var isHopeless: Bool { self.entries.allSatisfy { $0.refusals > self.retries } }

    /// Takes what the name stands for now; what is known of addresses that stay is kept.
    package mutating func update(_ addresses: [SocketAddress]) {
        self.entries = addresses.map { address in
            // One that stands alone needs no trial before it is used: there is nothing better to be done.
            self.entries.first { $0.address == address } ?? Entry(address: address, isTrusted: addresses.count == 1)
        }
    }

    /// Chooses the address for a connection.
    package mutating func choose(at now: NIODeadline) -> Choice {
        for place in self.placesInTurn where self.entries[place].restsUntil <= now && !self.entries[place].isOnTrial {
            return self.take(place)
        }
        // Those that take connections, though they did not answer, are better than none.
        for place in self.placesInTurn where self.entries[place].isTrusted {
            return self.take(place)
        }
        let resting = self.entries.filter { !$0.isOnTrial }.map(\.restsUntil)
        return resting.min().map { .pause(until: $0) } ?? .wait
    }

    /// A connection came about.
    package mutating func connected(to address: SocketAddress) {
        self.change(address) {
            $0.refusals = 0
            $0.isTrusted = true
            $0.isOnTrial = false
        }
    }

    /// An answer came.
    package mutating func answered(_ address: SocketAddress) {
        self.change(address) {
            $0.failures = 0
            $0.restsUntil = .uptimeNanoseconds(0)
        }
    }

    /// No connection came about.
    package mutating func refused(_ address: SocketAddress, begun: NIODeadline, at now: NIODeadline) {
        self.change(address) {
            $0.isTrusted = false
            $0.isOnTrial = false
            guard begun >= $0.lastRefusal else { return }
            $0.refusals += 1
            $0.lastRefusal = now
        }
        self.failed(address, begun: begun, at: now)
    }

    /// A connection takes longer than is usual.
    ///
    /// The attempt goes on, and will tell whether the address may be trusted.
    package mutating func late(_ address: SocketAddress, begun: NIODeadline, at now: NIODeadline) {
        self.change(address) {
            $0.isTrusted = false
            $0.isOnTrial = true
        }
        self.failed(address, begun: begun, at: now)
    }

    /// An attempt was given up for a reason that is not the address's.
    package mutating func abandoned(_ address: SocketAddress) {
        self.change(address) { $0.isOnTrial = false }
    }

    /// An attempt led to no answer.
    package mutating func failed(_ address: SocketAddress, begun: NIODeadline, at now: NIODeadline) {
        self.change(address) { [schedule] in
            guard begun >= $0.lastFailure else { return }
            $0.failures += 1
            $0.lastFailure = now
            $0.restsUntil = now + TimeAmount(schedule.pause(after: $0.failures))
        }
    }

    /// What waited has been given up; what comes next is to be told soon, so no address rests.
    package mutating func givenUp() {
        for place in self.entries.indices { self.entries[place].restsUntil = .uptimeNanoseconds(0) }
    }

    private var placesInTurn: some Sequence<Int> {
        (0..<self.entries.count).lazy.map { [next, count] in (next + $0) % count }
    }

    private mutating func take(_ place: Int) -> Choice {
        self.next = (place + 1) % self.entries.count
        self.entries[place].isOnTrial = !self.entries[place].isTrusted
        return .address(self.entries[place].address)
    }

    private mutating func change(_ address: SocketAddress, _ body: (inout Entry) -> Void) {
        // It may have left the book since the connection was begun.
        guard let place = self.entries.firstIndex(where: { $0.address == address }) else { return }
        body(&self.entries[place])
    }
}

package import NIOCore

/// The addresses of a server's name, and the recent results of each.
///
/// Connections go to the addresses in turn. An address that fails rests while others do better, and is tried again later.
/// Among several addresses, one that has not accepted a connection yet gets a single attempt at a time, so a silent address
/// delays one attempt only.
package struct AddressBook {
    /// The decision about the next connection.
    package enum Choice: Equatable {
        /// Connect to this address.
        case address(SocketAddress)
        /// Wait until this time, because every address has refused.
        case pause(until: NIODeadline)
        /// Wait until an attempt that is under way ends.
        case wait
    }

    private struct Entry {
        let address: SocketAddress
        /// Whether it has ever accepted an attempt.
        var hasConnected = false
        /// Whether it accepted the last attempt.
        var isTrusted = false
        /// Whether an attempt is under way that decides ``isTrusted``.
        var isOnTrial = false
        /// The number of attempts in a row without a connection.
        var refusals = 0
        /// The refusals of attempts that began earlier carry no new information.
        var lastRefusal = NIODeadline.uptimeNanoseconds(0)
        /// The number of attempts in a row without an answer.
        var failures = 0
        /// The failures of attempts that began earlier carry no new information.
        var lastFailure = NIODeadline.uptimeNanoseconds(0)
        /// The address is avoided until then if others do better.
        var restsUntil = NIODeadline.uptimeNanoseconds(0)
    }

    private let retries: Int
    private let schedule: RetrySchedule
    private var entries: [Entry] = []
    private var next: Int

    /// Creates an empty book.
    ///
    /// - Parameters:
    ///   - retries: The number of refusals, after the first of each address, at which ``isHopeless`` becomes true.
    ///   - schedule: The rests of an address after its failures.
    ///   - start: The position of the first address to use; the pools of a client begin at different ones.
    package init(retries: Int, schedule: RetrySchedule = RetrySchedule(), start: Int = 0) {
        self.retries = retries
        self.schedule = schedule
        self.next = start
    }

    /// The number of addresses.
    package var count: Int { self.entries.count }

    /// Whether every address has refused more times than there are retries.
    package var isHopeless: Bool { self.entries.allSatisfy { $0.refusals > self.retries } }

    /// Takes the current addresses of the name; the results of addresses that stay are kept.
    ///
    /// - Parameter addresses: The addresses in the order of preference. A repeated one counts once.
    package mutating func update(_ addresses: [SocketAddress]) {
        var addresses = addresses
        for place in addresses.indices.reversed() where addresses[..<place].contains(addresses[place]) {
            addresses.remove(at: place)
        }
        self.entries = addresses.map { address in
            // A single address needs no trial, because there is no alternative.
            self.entries.first { $0.address == address } ?? Entry(address: address, isTrusted: addresses.count == 1)
        }
    }

    /// Chooses the address for the next connection.
    package mutating func choose(at now: NIODeadline) -> Choice {
        for place in self.placesInTurn where self.entries[place].restsUntil <= now && !self.entries[place].isOnTrial {
            return self.take(place)
        }
        // An address that accepts connections without answering is better than none.
        for place in self.placesInTurn where self.entries[place].isTrusted {
            return self.take(place)
        }
        let resting = self.entries.filter { !$0.isOnTrial }.map(\.restsUntil)
        return resting.min().map { .pause(until: $0) } ?? .wait
    }

    /// Takes note that a connection was made.
    package mutating func connected(to address: SocketAddress) {
        self.change(address) {
            $0.refusals = 0
            $0.hasConnected = true
            $0.isTrusted = true
            $0.isOnTrial = false
        }
    }

    /// Whether a connection to the address was ever made.
    package func hasConnected(to address: SocketAddress) -> Bool {
        self.entries.first { $0.address == address }?.hasConnected ?? false
    }

    /// Takes note that an answer came.
    package mutating func answered(_ address: SocketAddress) {
        self.change(address) {
            $0.failures = 0
            $0.restsUntil = .uptimeNanoseconds(0)
        }
    }

    /// Takes note that an attempt failed.
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

    /// Takes note that an attempt takes unusually long.
    ///
    /// The attempt goes on, and its outcome decides whether the address is trusted.
    package mutating func late(_ address: SocketAddress, begun: NIODeadline, at now: NIODeadline) {
        self.change(address) {
            $0.isTrusted = false
            $0.isOnTrial = true
        }
        self.failed(address, begun: begun, at: now)
    }

    /// Takes note that an attempt failed for a reason that does not concern the address.
    package mutating func abandoned(_ address: SocketAddress) {
        self.change(address) { $0.isOnTrial = false }
    }

    /// Takes note that a connection ended without an answer.
    package mutating func failed(_ address: SocketAddress, begun: NIODeadline, at now: NIODeadline) {
        self.change(address) { [schedule] in
            guard begun >= $0.lastFailure else { return }
            $0.failures += 1
            $0.lastFailure = now
            $0.restsUntil = now + TimeAmount(schedule.pause(after: $0.failures))
        }
    }

    /// Ends all rests after the waiting questions failed, so that the next question learns the state of the server soon.
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
        // The address may have left the book since the attempt began.
        guard let place = self.entries.firstIndex(where: { $0.address == address }) else { return }
        body(&self.entries[place])
    }
}

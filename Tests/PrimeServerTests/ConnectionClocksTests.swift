import NIOCore
import PrimeServer
import Testing

@Suite
struct ConnectionClocksTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private static let idle = ConnectionClocks.Activity(isComputing: false, unsentBytes: 0)

    private func at(_ seconds: Int64) -> NIODeadline { Self.start + .seconds(seconds) }

    /// Clocks together with their limits.
    private struct Clocks {
        var limits = PrimeServer.TimeLimits()
        var clocks: ConnectionClocks

        /// Makes clocks with limits in seconds.
        init(idle: Int64? = nil, request: Int64? = nil, write: Int64? = nil, age: Int64? = nil) {
            self.limits.idle = idle.map { .seconds($0) }
            self.limits.request = request.map { .seconds($0) }
            self.limits.write = write.map { .seconds($0) }
            self.limits.age = age.map { .seconds($0) }
            self.clocks = ConnectionClocks(self.limits, at: ConnectionClocksTests.start)
        }

        mutating func expiry(of activity: ConnectionClocks.Activity, at now: NIODeadline) -> CloseReason? {
            self.clocks.expiry(of: activity, within: self.limits, at: now)
        }
    }

    @Test
    func `a connection without requests exceeds the idle timeout, and each request restarts that clock`() {
        var clocks = Clocks(idle: 60)
        #expect(clocks.expiry(of: Self.idle, at: self.at(59)) == nil)
        clocks.clocks.received(completesRequest: true, partialBytes: 0, at: self.at(59))
        #expect(clocks.expiry(of: Self.idle, at: self.at(118)) == nil)
        #expect(clocks.expiry(of: Self.idle, at: self.at(119)) == .idle)
    }

    @Test
    func `a connection that waits for an answer is not idle`() {
        var clocks = Clocks(idle: 60, age: 60)
        let computing = ConnectionClocks.Activity(isComputing: true, unsentBytes: 0)
        #expect(clocks.expiry(of: computing, at: self.at(1000)) == nil)
    }

    @Test
    func `the request timeout runs from the first byte of a request, whenever further bytes come`() {
        var clocks = Clocks(idle: 60, request: 10)
        for (second, bytes) in [(1, 1), (5, 2), (9, 3)] {
            clocks.clocks.received(completesRequest: false, partialBytes: bytes, at: self.at(Int64(second)))
        }
        #expect(clocks.expiry(of: Self.idle, at: self.at(10)) == nil)
        #expect(clocks.expiry(of: Self.idle, at: self.at(11)) == .requestTimeout)
    }

    @Test
    func `a complete request stops the request clock, and the next request starts it again`() {
        var clocks = Clocks(request: 10)
        clocks.clocks.received(completesRequest: false, partialBytes: 3, at: self.at(1))
        clocks.clocks.received(completesRequest: true, partialBytes: 1, at: self.at(9))
        #expect(clocks.expiry(of: Self.idle, at: self.at(18)) == nil)
        #expect(clocks.expiry(of: Self.idle, at: self.at(19)) == .requestTimeout)
        clocks.clocks.received(completesRequest: true, partialBytes: 0, at: self.at(19))
        #expect(clocks.expiry(of: Self.idle, at: self.at(100)) == nil)
    }

    @Test
    func `a peer that receives no answer exceeds the write timeout, one that receives some does not`() {
        var clocks = Clocks(write: 10)
        clocks.clocks.wrote(1000, at: self.at(0))
        func unsent(_ bytes: Int) -> ConnectionClocks.Activity { .init(isComputing: true, unsentBytes: bytes) }
        #expect(clocks.expiry(of: unsent(1000), at: self.at(1)) == nil)
        #expect(clocks.expiry(of: unsent(999), at: self.at(10)) == nil)
        clocks.clocks.wrote(500, at: self.at(15))
        #expect(clocks.expiry(of: unsent(1499), at: self.at(19)) == nil)
        #expect(clocks.expiry(of: unsent(1499), at: self.at(20)) == .writeTimeout)
    }

    @Test
    func `a connection is old at its maximum age, which varies by up to a tenth`() {
        for _ in 1...100 {
            let clocks = Clocks(age: 100).clocks
            let end = self.at(Int64(clocks.agePercentage))
            #expect(!clocks.isOld(at: end - .nanoseconds(1)))
            #expect(clocks.isOld(at: end))
            #expect(ConnectionClocks.agePercentages.contains(clocks.agePercentage))
        }
    }

    @Test
    func `the write timeout still applies to an old connection`() {
        var clocks = Clocks(write: 10, age: 1)
        clocks.clocks.wrote(1000, at: self.at(5))
        #expect(clocks.clocks.isOld(at: self.at(5)))
        let activity = ConnectionClocks.Activity(isComputing: true, unsentBytes: 1000)
        #expect(clocks.expiry(of: activity, at: self.at(5)) == nil)
        #expect(clocks.expiry(of: activity, at: self.at(15)) == .writeTimeout)
    }

    @Test
    func `without limits no connection expires`() {
        var clocks = Clocks()
        clocks.clocks.received(completesRequest: false, partialBytes: 1, at: self.at(0))
        #expect(clocks.expiry(of: Self.idle, at: self.at(1_000_000)) == nil)
        #expect(!clocks.clocks.isOld(at: self.at(1_000_000)))
    }
}

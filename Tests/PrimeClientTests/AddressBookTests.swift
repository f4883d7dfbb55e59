import NIOCore
import PrimeClient
import Testing

@Suite
struct AddressBookTests {
    private static let addresses = (1...3).compactMap { try? SocketAddress(ipAddress: "127.0.0.\($0)", port: 80) }
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    /// Returns a book of addresses that have all accepted a connection.
    private func book(_ count: Int, retries: Int = 2, start: Int = 0) -> AddressBook {
        var book = AddressBook(retries: retries, start: start)
        book.update(Array(Self.addresses.prefix(count)))
        for address in Self.addresses.prefix(count) { book.connected(to: address) }
        return book
    }

    @Test
    func `new addresses get one attempt each; a single address gets all`() {
        var book = AddressBook(retries: 2)
        book.update(Array(Self.addresses.prefix(2)))
        let chosen = (0..<3).map { _ in book.choose(at: self.start) }
        #expect(chosen == [.address(Self.addresses[0]), .address(Self.addresses[1]), .wait])
        book.connected(to: Self.addresses[1])
        for _ in 0..<3 { #expect(book.choose(at: self.start) == .address(Self.addresses[1])) }

        var single = AddressBook(retries: 2)
        single.update(Array(Self.addresses.prefix(1)))
        for _ in 0..<3 { #expect(single.choose(at: self.start) == .address(Self.addresses[0])) }
    }

    @Test
    func `a repeated address counts once`() {
        var book = AddressBook(retries: 0)
        book.update([Self.addresses[0], Self.addresses[1], Self.addresses[0]])
        #expect(book.count == 2)
        for address in Self.addresses.prefix(2) { book.refused(address, begun: self.start, at: self.start) }
        #expect(book.isHopeless)
    }

    @Test
    func `a late address gets no other attempt until its own has ended`() {
        var book = self.book(2)
        book.late(Self.addresses[0], begun: self.start, at: self.start)
        let later = self.start + .seconds(60)
        for _ in 0..<3 { #expect(book.choose(at: later) == .address(Self.addresses[1])) }
        book.refused(Self.addresses[0], begun: self.start, at: later)
        #expect(book.choose(at: later + .seconds(60)) == .address(Self.addresses[0]))
    }

    @Test
    func `silent addresses become hopeless`() {
        var book = self.book(2, retries: 0)
        for address in Self.addresses.prefix(2) { book.late(address, begun: self.start, at: self.start + .seconds(1)) }
        #expect(!book.isHopeless)
        for address in Self.addresses.prefix(2) {
            book.refused(address, begun: self.start, at: self.start + .seconds(2))
        }
        #expect(book.isHopeless)
    }

    @Test
    func `an abandoned attempt does not count against its address`() {
        var book = self.book(1)
        book.refused(Self.addresses[0], begun: self.start, at: self.start)
        let later = self.start + .seconds(1)
        #expect(book.choose(at: later) == .address(Self.addresses[0]))
        #expect(book.choose(at: later) == .wait)
        book.abandoned(Self.addresses[0])
        #expect(book.choose(at: later) == .address(Self.addresses[0]))
    }

    @Test
    func `connections go to all addresses in turn`() {
        var book = self.book(3, start: 1)
        let chosen = (0..<6).map { _ in book.choose(at: self.start) }
        #expect(chosen == [1, 2, 0, 1, 2, 0].map { .address(Self.addresses[$0]) })
    }

    @Test
    func `an address that refuses is avoided, and gets one attempt later`() {
        var book = self.book(2)
        book.refused(Self.addresses[0], begun: self.start, at: self.start)
        #expect(book.choose(at: self.start) == .address(Self.addresses[1]))
        #expect(book.choose(at: self.start) == .address(Self.addresses[1]))
        let later = self.start + .seconds(1)
        #expect(book.choose(at: later) == .address(Self.addresses[0]))
        #expect(book.choose(at: later) == .address(Self.addresses[1]))
        #expect(book.choose(at: later) == .address(Self.addresses[1]))
        book.connected(to: Self.addresses[0])
        #expect(book.choose(at: later) == .address(Self.addresses[0]))
    }

    @Test
    func `if all addresses refuse there is a pause, and then one attempt`() {
        var book = self.book(1)
        book.refused(Self.addresses[0], begun: self.start, at: self.start)
        guard case .pause(let end) = book.choose(at: self.start) else {
            Issue.record("no pause")
            return
        }
        #expect(end > self.start && end < self.start + .milliseconds(200))
        #expect(book.choose(at: end) == .address(Self.addresses[0]))
        #expect(book.choose(at: end) == .wait)
    }

    @Test
    func `the refusals of earlier attempts do not count again`() {
        var book = self.book(1, retries: 1)
        for _ in 0..<10 { book.refused(Self.addresses[0], begun: self.start, at: self.start + .milliseconds(1)) }
        #expect(!book.isHopeless)
        book.refused(Self.addresses[0], begun: self.start + .seconds(1), at: self.start + .seconds(1))
        #expect(book.isHopeless)
        book.connected(to: Self.addresses[0])
        #expect(!book.isHopeless)
    }

    @Test
    func `an address that accepts without answering is better than none`() {
        var book = self.book(2)
        book.failed(Self.addresses[0], begun: self.start, at: self.start)
        #expect(book.choose(at: self.start) == .address(Self.addresses[1]))
        #expect(book.choose(at: self.start) == .address(Self.addresses[1]))
        book.failed(Self.addresses[1], begun: self.start, at: self.start)
        #expect(book.choose(at: self.start) == .address(Self.addresses[0]))
        #expect(book.choose(at: self.start) == .address(Self.addresses[1]))
        #expect(!book.isHopeless)
    }

    @Test
    func `a name that changes its addresses is followed`() {
        var book = self.book(2)
        book.refused(Self.addresses[0], begun: self.start, at: self.start)
        book.update([Self.addresses[0], Self.addresses[2]])
        book.connected(to: Self.addresses[2])
        #expect(book.choose(at: self.start) == .address(Self.addresses[2]))
        #expect(book.choose(at: self.start) == .address(Self.addresses[2]))
    }
}

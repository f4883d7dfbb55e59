import NIOCore
import PrimeServer
import Testing

@Suite
struct ConnectionStateTests {
    private var state = ConnectionState()

    /// `count` requests, M = 1, 2, 3, …, each 4 bytes.
    private func requests(_ count: Int, extraBytes: Int = 0) -> ByteBuffer {
        var buffer = ByteBuffer()
        for ordinal in 0..<count { buffer.writeInteger(UInt32(ordinal + 1)) }
        buffer.writeRepeatingByte(0, count: extraBytes)
        return buffer
    }

    @Test
    mutating func `a fresh connection waits and wants bytes`() {
        #expect(self.state.next(isWritable: true) == .wait)
        #expect(self.state.wantsBytes)
    }

    @Test
    mutating func `a request in four pieces is computed once it is whole`() {
        for byte: UInt8 in [0, 0, 0, 1] {
            #expect(self.state.next(isWritable: true) == .wait)
            var piece = ByteBuffer(bytes: [byte])
            self.state.received(&piece)
        }
        #expect(self.state.next(isWritable: true) == .compute(self.requests(1)))
    }

    @Test
    mutating func `one piece at a time is computed, in the order of the requests`() {
        var all = self.requests(ConnectionState.pieceLimit + 3)
        var expected = all
        self.state.received(&all)
        let first = expected.readSlice(length: 4 * ConnectionState.pieceLimit) ?? ByteBuffer()
        #expect(self.state.next(isWritable: true) == .compute(first))
        #expect(self.state.next(isWritable: true) == .wait)
        self.state.answered(ConnectionState.pieceLimit)
        #expect(self.state.next(isWritable: true) == .compute(expected))
        self.state.answered(3)
        #expect(self.state.next(isWritable: true) == .wait)
    }

    @Test
    mutating func `a peer at the limit is not read from until it has been answered`() {
        var all = self.requests(ConnectionState.waitingLimit)
        self.state.received(&all)
        #expect(!self.state.wantsBytes)
        _ = self.state.next(isWritable: true)
        #expect(self.state.wantsBytes)
    }

    @Test
    mutating func `nothing is computed for a peer that does not take its answers`() {
        var request = self.requests(1)
        self.state.received(&request)
        #expect(self.state.next(isWritable: false) == .wait)
        #expect(self.state.next(isWritable: true) == .compute(self.requests(1)))
    }

    @Test
    mutating func `all requests before the end of the stream are answered, then it closes`() {
        var all = self.requests(2)
        self.state.received(&all)
        self.state.inputEnded()
        #expect(self.state.next(isWritable: true) == .compute(self.requests(2)))
        #expect(self.state.next(isWritable: true) == .wait)
        self.state.answered(1)
        #expect(self.state.next(isWritable: true) == .wait)
        self.state.answered(1)
        #expect(self.state.next(isWritable: true) == .close(truncatedBytes: 0))
        #expect(self.state.next(isWritable: true) == .wait)
    }

    @Test(arguments: 1...3)
    mutating func `bytes of a last request that never became whole are dropped`(extraBytes: Int) {
        var all = self.requests(1, extraBytes: extraBytes)
        self.state.received(&all)
        self.state.inputEnded()
        #expect(self.state.next(isWritable: true) == .compute(self.requests(1)))
        self.state.answered(1)
        #expect(self.state.next(isWritable: true) == .close(truncatedBytes: extraBytes))
    }

    @Test
    mutating func `requests are counted as they become whole, and until they are answered`() {
        var bytes = self.requests(1, extraBytes: 3)
        #expect(self.state.received(&bytes) == 1)
        var rest = ByteBuffer(bytes: [0] + [0, 0, 0, 7] + [0])
        #expect(self.state.received(&rest) == 2)
        #expect(self.state.partialBytes == 1)
        #expect(self.state.unansweredRequests == 3)
        _ = self.state.next(isWritable: true)
        #expect(self.state.unansweredRequests == 3)
        self.state.answered(2)
        #expect(self.state.unansweredRequests == 1)
        #expect(self.state.isComputing)
        self.state.answered(1)
        #expect(self.state.isIdle == false)
        #expect(self.state.unansweredRequests == 0)
    }

    @Test
    mutating func `nothing is taken once the input has ended`() {
        self.state.inputEnded()
        #expect(!self.state.wantsBytes)
        var late = self.requests(1)
        self.state.received(&late)
        #expect(self.state.next(isWritable: true) == .close(truncatedBytes: 0))
    }
}

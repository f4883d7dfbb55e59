import NIOCore
import PrimeServer
import Testing

@Suite
struct ConnectionStateTests {
    private var state = ConnectionState()

    /// Returns requests for M = 1, 2, 3, …, each of 4 bytes, and extra bytes.
    private func requests(_ count: Int, extraBytes: Int = 0) -> ByteBuffer {
        var buffer = ByteBuffer()
        for ordinal in 0..<count { buffer.writeInteger(UInt32(ordinal + 1)) }
        buffer.writeRepeatingByte(0, count: extraBytes)
        return buffer
    }

    @Test
    mutating func `a new connection waits and wants bytes`() {
        #expect(self.state.next(isWritable: true) == .wait)
        #expect(self.state.wantsBytes)
    }

    @Test
    mutating func `a request that comes in four pieces is computed when it is complete`() {
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
    mutating func `reading pauses at the limit of waiting requests, until some of them are computed`() {
        var all = self.requests(ConnectionState.waitingLimit)
        self.state.received(&all)
        #expect(!self.state.wantsBytes)
        _ = self.state.next(isWritable: true)
        #expect(self.state.wantsBytes)
    }

    @Test
    mutating func `nothing is computed while the channel is not writable`() {
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
        #expect(self.state.next(isWritable: true) == .close)
        #expect(self.state.next(isWritable: true) == .wait)
    }

    @Test(arguments: 1...3)
    mutating func `the bytes of an incomplete last request are dropped`(extraBytes: Int) {
        var all = self.requests(1, extraBytes: extraBytes)
        self.state.received(&all)
        self.state.inputEnded()
        #expect(self.state.next(isWritable: true) == .compute(self.requests(1)))
        self.state.answered(1)
        #expect(self.state.next(isWritable: true) == .close)
        #expect(self.state.partialBytes == extraBytes)
    }

    @Test
    mutating func `a request counts as unanswered from when it is complete until it is answered`() {
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
    mutating func `bytes after the end of input are ignored`() {
        self.state.inputEnded()
        #expect(!self.state.wantsBytes)
        var late = self.requests(1)
        self.state.received(&late)
        #expect(self.state.next(isWritable: true) == .close)
    }
}

import NIOCore
import NIOTestUtils
import PrimeProtocol
import Testing

@Suite
struct WireMessageTests {
    /// Requests with their bytes on the wire, as `docs/protocol.md` gives them.
    static let requests: [(ordinal: UInt32, big: [UInt8])] = [
        (0, [0, 0, 0, 0]),
        (1, [0, 0, 0, 1]),
        (1_000_000, [0x00, 0x0f, 0x42, 0x40]),
        (.max, [0xff, 0xff, 0xff, 0xff]),
    ]

    /// Answers with their bytes on the wire.
    static let answers: [(prime: UInt64?, big: [UInt8])] = [
        (nil, [0, 0, 0, 0, 0, 0, 0, 0]),
        (2, [0, 0, 0, 0, 0, 0, 0, 2]),
        (15_485_863, [0, 0, 0, 0, 0x00, 0xec, 0x4b, 0xa7]),
        (104_484_802_043, [0x00, 0x00, 0x00, 0x18, 0x53, 0xc7, 0x8d, 0xfb]),
    ]

    @Test(arguments: ByteOrder.allCases)
    func `requests are 4 bytes in the order agreed`(byteOrder: ByteOrder) throws {
        for (ordinal, big) in Self.requests {
            var buffer = ByteBuffer()
            PrimeRequest(ordinal: ordinal).write(to: &buffer, byteOrder: byteOrder)
            #expect(Array(buffer.readableBytesView) == (byteOrder == .big ? big : big.reversed()))
        }
    }

    @Test(arguments: ByteOrder.allCases)
    func `answers are 8 bytes in the order agreed`(byteOrder: ByteOrder) throws {
        for (prime, big) in Self.answers {
            var buffer = ByteBuffer()
            PrimeAnswer(prime: prime).write(to: &buffer, byteOrder: byteOrder)
            #expect(Array(buffer.readableBytesView) == (byteOrder == .big ? big : big.reversed()))
        }
    }

    @Test
    func `requests come out whole however the stream is cut or glued`() throws {
        try ByteToMessageDecoderVerifier.verifyDecoder(
            inputOutputPairs: Self.requests.map { (ByteBuffer(bytes: $0.big), [PrimeRequest(ordinal: $0.ordinal)]) },
            decoderFactory: { ByteToMessageDecoderAdapter(WireMessageDecoder<PrimeRequest>()) }
        )
    }

    @Test
    func `answers come out whole however the stream is cut or glued`() throws {
        try ByteToMessageDecoderVerifier.verifyDecoder(
            inputOutputPairs: Self.answers.map { (ByteBuffer(bytes: $0.big), [PrimeAnswer(prime: $0.prime)]) },
            decoderFactory: { ByteToMessageDecoderAdapter(WireMessageDecoder<PrimeAnswer>()) }
        )
    }

    @Test(arguments: 1...7)
    func `a stream that ends within an answer is told from one that ends after it`(byteCount: Int) throws {
        let decoder = WireMessageDecoder<PrimeAnswer>()
        var buffer = ByteBuffer(bytes: Self.answers[1].big + Self.answers[2].big.prefix(byteCount))
        #expect(try decoder.decodeLast(buffer: &buffer, seenEOF: true) == PrimeAnswer(prime: 2))
        #expect(throws: TruncatedMessage.self) { try decoder.decodeLast(buffer: &buffer, seenEOF: true) }
        buffer.clear()
        #expect(try decoder.decodeLast(buffer: &buffer, seenEOF: true) == nil)
    }
}

/// Lends a single-step decoder to the verifier, which wants the older kind.
private struct ByteToMessageDecoderAdapter<Message: WireMessage>: ByteToMessageDecoder {
    typealias InboundOut = Message

    private let decoder: WireMessageDecoder<Message>

    init(_ decoder: WireMessageDecoder<Message>) {
        self.decoder = decoder
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let message = self.decoder.decode(buffer: &buffer) else { return .needMoreData }
        context.fireChannelRead(Self.wrapInboundOut(message))
        return .continue
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        guard let message = try self.decoder.decodeLast(buffer: &buffer, seenEOF: seenEOF) else { return .needMoreData }
        context.fireChannelRead(Self.wrapInboundOut(message))
        return .continue
    }
}

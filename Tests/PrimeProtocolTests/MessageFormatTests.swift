import PrimeProtocol
import Testing

/// `unsafe` stands where an array of bytes is viewed as raw memory: every bit pattern of a `UInt8` is valid.
@Suite
struct MessageFormatTests {
    /// Requests and their bytes in network byte order, as `docs/protocol.md` gives them.
    static let requests: [(ordinal: UInt32, big: [UInt8])] = [
        (0, [0, 0, 0, 0]),
        (1, [0, 0, 0, 1]),
        (256, [0, 0, 1, 0]),
        (1_000_000, [0x00, 0x0f, 0x42, 0x40]),
        (.max, [0xff, 0xff, 0xff, 0xff]),
    ]

    /// Answers and their bytes in network byte order: "no such prime", the first, the largest, and the largest number.
    static let answers: [(prime: UInt64, big: [UInt8])] = [
        (0, [0, 0, 0, 0, 0, 0, 0, 0]),
        (2, [0, 0, 0, 0, 0, 0, 0, 2]),
        (15_485_863, [0, 0, 0, 0, 0x00, 0xec, 0x4b, 0xa7]),
        (104_484_802_043, [0x00, 0x00, 0x00, 0x18, 0x53, 0xc7, 0x8d, 0xfb]),
        (.max, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ]

    private static func bytes(_ messages: [[UInt8]], _ byteOrder: ByteOrder) -> [UInt8] {
        messages.flatMap { byteOrder == .big ? $0 : $0.reversed() }
    }

    @Test(arguments: ByteOrder.allCases)
    func `requests without a gap between them are written and read at their positions`(byteOrder: ByteOrder) {
        let expected = Self.bytes(Self.requests.map(\.big), byteOrder)
        var bytes = [UInt8](repeating: 0x55, count: expected.count)
        for (index, request) in Self.requests.enumerated() {
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            PrimeRequest.write(request.ordinal, at: index, in: &raw, byteOrder: byteOrder)
        }
        #expect(bytes == expected)
        let written = unsafe bytes.span.bytes
        for (index, request) in Self.requests.enumerated() {
            #expect(PrimeRequest.ordinal(at: index, in: written, byteOrder: byteOrder) == request.ordinal)
        }
    }

    @Test(arguments: ByteOrder.allCases)
    func `answers without a gap between them are written and read at their positions`(byteOrder: ByteOrder) {
        let expected = Self.bytes(Self.answers.map(\.big), byteOrder)
        var bytes = [UInt8](repeating: 0x55, count: expected.count)
        for (index, answer) in Self.answers.enumerated() {
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            PrimeAnswer.write(answer.prime, at: index, in: &raw, byteOrder: byteOrder)
        }
        #expect(bytes == expected)
        let written = unsafe bytes.span.bytes
        for (index, answer) in Self.answers.enumerated() {
            #expect(PrimeAnswer.prime(at: index, in: written, byteOrder: byteOrder) == answer.prime)
        }
    }

    @Test(arguments: ByteOrder.allCases, 0...15)
    func `messages are read at any alignment, and a cut message after them is left alone`(
        byteOrder: ByteOrder,
        offset: Int
    ) {
        let padding = [UInt8](repeating: 0x55, count: offset)
        let requests = padding + Self.bytes(Self.requests.map(\.big), byteOrder) + padding.prefix(3)
        let requestBytes = unsafe requests.span.bytes.extracting(offset...)
        for (index, request) in Self.requests.enumerated() {
            #expect(PrimeRequest.ordinal(at: index, in: requestBytes, byteOrder: byteOrder) == request.ordinal)
        }
        let answers = padding + Self.bytes(Self.answers.map(\.big), byteOrder) + padding.prefix(7)
        let answerBytes = unsafe answers.span.bytes.extracting(offset...)
        for (index, answer) in Self.answers.enumerated() {
            #expect(PrimeAnswer.prime(at: index, in: answerBytes, byteOrder: byteOrder) == answer.prime)
        }
    }

    @Test
    func `reading a request that is not whole traps`() async {
        await #expect(processExitsWith: .failure) {
            let bytes: [UInt8] = [0, 0, 0, 1, 0, 0, 0]
            print(PrimeRequest.ordinal(at: 1, in: unsafe bytes.span.bytes, byteOrder: .big))
        }
    }

    @Test
    func `writing an answer without room for all of it traps`() async {
        await #expect(processExitsWith: .failure) {
            var bytes = [UInt8](repeating: 0, count: 15)
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            PrimeAnswer.write(2, at: 1, in: &raw, byteOrder: .big)
            print(bytes)
        }
    }

    /// Source of the primes: https://oeis.org/A006988, the 10^n-th prime.
    @Test(
        arguments: [
            (1, 2), (10, 29), (100, 541), (1_000, 7_919), (10_000, 104_729), (100_000, 1_299_709),
            (1_000_000, 15_485_863), (10_000_000, 179_424_673), (100_000_000, 2_038_074_743),
            (1_000_000_000, 22_801_763_489), (.max, 104_484_802_043),
        ] as [(UInt32, UInt64)]
    )
    func `an answer with the other byte order is not possible`(ordinal: UInt32, prime: UInt64) {
        #expect(PrimeAnswer.isPossible(prime, for: ordinal))
        #expect(PrimeAnswer.isPossible(0, for: ordinal))
        #expect(!PrimeAnswer.isPossible(prime.byteSwapped, for: ordinal))
        #expect(!PrimeAnswer.isPossible(UInt64(ordinal), for: ordinal))
        #expect(!PrimeAnswer.isPossible(26 * UInt64(ordinal), for: ordinal))
        #expect(!PrimeAnswer.isPossible(.max, for: ordinal))
    }
}

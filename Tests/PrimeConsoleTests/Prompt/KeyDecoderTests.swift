import PrimeConsole
import Testing

@Suite
struct KeyDecoderTests {
    private static let keys: [(String, [Key])] = [
        ("a1 ~", [.scalar("a"), .scalar("1"), .scalar(" "), .scalar("~")]),
        ("\r", [.enter]), ("\n", [.enter]), ("\t", [.tab]), ("\u{7F}", [.backspace]), ("\u{08}", [.backspace]),
        ("\u{01}\u{05}\u{12}", [.control("a"), .control("e"), .control("r")]),
        ("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D", [.up, .down, .right, .left]),
        ("\u{1B}OA\u{1B}OB\u{1B}OC\u{1B}OD", [.up, .down, .right, .left]),
        ("\u{1B}[H\u{1B}OH\u{1B}[1~\u{1B}[7~", [.home, .home, .home, .home]),
        ("\u{1B}[F\u{1B}OF\u{1B}[4~\u{1B}[8~", [.end, .end, .end, .end]),
        ("\u{1B}[3~", [.delete]), ("\u{1B}OM", [.enter]),
        ("\u{1B}[1;5C\u{1B}[1;5D\u{1B}[1;3C\u{1B}[1;3D", [.wordRight, .wordLeft, .wordRight, .wordLeft]),
        ("\u{1B}[1;2C", [.right]),
        ("\u{1B}b\u{1B}\u{7F}", [.alt("b"), .alt("\u{7F}")]),
        // Keys without a function here, and the key after them.
        ("\u{1B}[15~1", [.unknown, .scalar("1")]), ("\u{1B}[200~1", [.unknown, .scalar("1")]),
        ("\u{1B}[[A1", [.unknown, .scalar("1")]), ("\u{1B}[?1;2c1", [.unknown, .scalar("1")]),
        ("é€😀", [.scalar("é"), .scalar("€"), .scalar("😀")]),
    ]

    @Test(arguments: Self.keys)
    func `the sequences that terminals send become keys`(bytes: String, keys: [Key]) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: bytes.utf8) == keys)
    }

    @Test(arguments: Self.keys)
    func `keys may arrive a byte at a time`(bytes: String, keys: [Key]) {
        var decoder = KeyDecoder()
        #expect(bytes.utf8.flatMap { decoder.keys(in: [$0]) } == keys)
    }

    @Test(
        arguments: [
            ([0xFF, 0x31], ["\u{FFFD}", "1"]), ([0x80, 0x31], ["\u{FFFD}", "1"]), ([0xC3, 0x31], ["1"]),
            // Not UTF-8: overlong, a surrogate, beyond the last scalar.
            ([0xC0, 0xAF], ["\u{FFFD}", "\u{FFFD}"]), ([0xED, 0xA0, 0x80], ["\u{FFFD}"]),
            ([0xF4, 0x90, 0x80, 0x80, 0x31], ["\u{FFFD}", "1"]),
        ] as [([UInt8], [Unicode.Scalar])]
    )
    func `bytes that are not UTF-8 are replaced or dropped`(bytes: [UInt8], scalars: [Unicode.Scalar]) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: bytes) == scalars.map { .scalar($0) })
    }

    @Test
    func `a sequence that is cut off or too long does not swallow the keys after it`() {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: "\u{1B}[1\r".utf8) == [.enter])
        #expect(decoder.keys(in: "\u{1B}\u{1B}[A".utf8) == [.up])
        let endless = decoder.keys(in: ("\u{1B}[" + String(repeating: "1", count: 100)).utf8)
        #expect(endless.count > 60)
    }

    @Test
    func `Enter is recognised after any bytes`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var decoder = KeyDecoder()
            let noise = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = decoder.keys(in: noise)
            // Two bytes complete any sequence.
            #expect(decoder.keys(in: "11\r".utf8).last == .enter, "\(noise)")
        }
    }
}

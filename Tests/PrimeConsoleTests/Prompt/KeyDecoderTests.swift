import PrimeConsole
import Testing

@Suite
struct KeyDecoderTests {
    private static let keys: [(String, [Key])] = [
        ("a1 ~", [.scalar("a"), .scalar("1"), .scalar(" "), .scalar("~")]),
        ("é€😀", [.scalar("é"), .scalar("€"), .scalar("😀")]),
        ("\r", [.enter]), ("\n", [.enter]), ("\t", [.tab]), ("\u{7F}", [.backspace]), ("\u{08}", [.backspace]),
        ("\u{01}\u{05}\u{12}\u{1A}", [.control("a"), .control("e"), .control("r"), .control("z")]),
        ("\u{1F}\u{18}\u{00}\u{1C}", [.control("_"), .control("x"), .control("`"), .control("\\")]),
        // CR LF is one line break.
        ("\r\n1\n\r", [.enter, .scalar("1"), .enter, .enter]),
        ("\u{1B}b\u{1B}\u{7F}\u{1B}\u{08}", [.alt("b"), .alt("\u{7F}"), .alt("\u{7F}")]),
        ("\u{1B}é\u{1B}\r\u{1B}\u{1A}", [.scalar("é"), .enter, .control("z")]),
        // Cursor keys of xterm: normal, application mode, and with modifiers.
        ("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D", [.up, .down, .right, .left]),
        ("\u{1B}OA\u{1B}OB\u{1B}OC\u{1B}OD", [.up, .down, .right, .left]),
        ("\u{1B}[1;5C\u{1B}[1;5D\u{1B}[1;3C\u{1B}[1;3D", [.wordRight, .wordLeft, .wordRight, .wordLeft]),
        ("\u{1B}[1;6C\u{1B}[1;7D\u{1B}[1;133D", [.wordRight, .wordLeft, .wordLeft]),
        ("\u{1B}[1;2C\u{1B}[1;9D\u{1B}[1;129D", [.right, .left, .left]),
        ("\u{1B}[1;5A\u{1B}[1;5B\u{1B}[1;5H\u{1B}[1;5F", [.up, .down, .home, .end]),
        // Older forms of the modifiers.
        ("\u{1B}[5C\u{1B}O5D\u{1B}O1;5C\u{1B}Od\u{1B}[d", [.wordRight, .wordLeft, .wordRight, .wordLeft, .left]),
        ("\u{1B}\u{1B}[C\u{1B}\u{1B}OD\u{1B}\u{1B}[A", [.wordRight, .wordLeft, .up]),
        ("\u{1B}[H\u{1B}OH\u{1B}[1~\u{1B}[7~\u{1B}[7^", [.home, .home, .home, .home, .home]),
        ("\u{1B}[F\u{1B}OF\u{1B}[4~\u{1B}[8~\u{1B}[8;5~", [.end, .end, .end, .end, .end]),
        ("\u{1B}[3~\u{1B}[3;5~\u{1B}[3@", [.delete, .delete, .delete]),
        // The keypad in application mode.
        ("\u{1B}OM\u{1B}Op\u{1B}Oy\u{1B}Oo", [.enter, .scalar("0"), .scalar("9"), .scalar("/")]),
        ("\u{1B}Oj\u{1B}O 1\u{1B}OX\u{1B}OI", [.scalar("*"), .scalar(" "), .scalar("1"), .scalar("="), .tab]),
        // kitty: text, Shift, Ctrl and Alt.
        ("\u{1B}[97u\u{1B}[97;1u\u{1B}[233u", [.scalar("a"), .scalar("a"), .scalar("é")]),
        ("\u{1B}[97:65;2u\u{1B}[97;2u\u{1B}[49:33;2u", [.scalar("A"), .scalar("A"), .scalar("!")]),
        ("\u{1B}[97;65u\u{1B}[97;66u\u{1B}[97;2;196u", [.scalar("A"), .scalar("a"), .scalar("Ä")]),
        ("\u{1B}[0;;229u", [.scalar("å")]),
        ("\u{1B}[97;5u\u{1B}[97:65;6u\u{1B}[99;133u", [.control("a"), .control("a"), .control("c")]),
        ("\u{1B}[1089::99;5u\u{1B}[97;3u\u{1B}[98;4u", [.control("c"), .alt("a"), .alt("B")]),
        ("\u{1B}[13u\u{1B}[13;2u\u{1B}[9u\u{1B}[27u\u{1B}[127u", [.enter, .enter, .tab, .escape, .backspace]),
        ("\u{1B}[127;3u\u{1B}[127;5u\u{1B}[127;2u", [.alt("\u{7F}"), .backspace, .backspace]),
        // Ctrl-I, Ctrl-M, Ctrl-H and Ctrl-[ are Tab, Enter, Backspace and Esc.
        ("\u{1B}[105;5u\u{1B}[109;5u\u{1B}[104;5u\u{1B}[91;5u", [.tab, .enter, .backspace, .escape]),
        // kitty: the press and the repetition of a key, but not its release.
        ("\u{1B}[97;1:1u\u{1B}[97;1:2u\u{1B}[97;1:3u", [.scalar("a"), .scalar("a")]),
        ("\u{1B}[1;1:1C\u{1B}[1;5:2C\u{1B}[1;1:3C\u{1B}[3;1:2~\u{1B}[3;1:3~", [.right, .wordRight, .delete]),
        // kitty: the keypad.
        ("\u{1B}[57399u\u{1B}[57408;129u\u{1B}[57414u", [.scalar("0"), .scalar("9"), .enter]),
        ("\u{1B}[57417u\u{1B}[57420u\u{1B}[57423u\u{1B}[57426u", [.left, .down, .home, .delete]),
        // modifyOtherKeys of xterm.
        ("\u{1B}[27;2;65~\u{1B}[27;5;99~\u{1B}[27;6;67~", [.scalar("A"), .control("c"), .control("c")]),
        ("\u{1B}[27;5;13~\u{1B}[27;2;9~\u{1B}[27;3;102~\u{1B}[27;5;127~", [.enter, .alt("f"), .backspace]),
        // Undo: Ctrl-_, Ctrl-Shift--, Ctrl-/ and Ctrl-7.
        ("\u{1B}[95;5u\u{1B}[95;6u\u{1B}[45;6u\u{1B}[45:95;6u", Array(repeating: .control("_"), count: 4)),
        ("\u{1B}[47;5u\u{1B}[55;5u\u{1B}[27;5;47~\u{1B}[27;6;95~", Array(repeating: .control("_"), count: 4)),
        // The 8-bit forms of CSI and SS3, as UTF-8.
        ("\u{9B}A\u{9B}1;5C\u{8F}D", [.up, .wordRight, .left]),
    ]

    /// Input that is no typing: reports of the terminal, and keys without a function.
    private static let reports: [String] = [
        // The mouse: SGR, urxvt, and the oldest form with bytes and with the characters of mode 1005.
        "\u{1B}[<0;10;5M\u{1B}[<0;10;5m\u{1B}[<64;10;5M", "\u{1B}[32;10;5M", "\u{1B}[M *%\u{1B}[M#*%",
        "\u{1B}[M \u{85}é",
        "\u{1B}[M\u{1B}[A", "\u{1B}[M\r\u{03}\u{00}",
        // Highlight tracking: a click, and a selection.
        "\u{1B}[t*%", "\u{1B}[t\u{1B}[", "\u{9B}t\u{85}é", "\u{1B}[T*%+&1\r",
        // The focus, the device, its status, its size and its modes.
        "\u{1B}[I\u{1B}[O", "\u{1B}[?1;2c\u{1B}[>41;390;0c\u{1B}[=1c",
        "\u{1B}[0n\u{1B}[12;40R\u{1B}[?12;40R\u{1B}[?997;1n",
        "\u{1B}[8;24;80t\u{1B}[48;24;80;600;800t", "\u{1B}[?2004;1$y\u{1B}[4;2$y", "\u{1B}[?1u\u{1B}[>4;2m",
        // Strings, which end with BEL or with ST.
        "\u{1B}]11;rgb:1e1e/1e1e/1e1e\u{1B}\\\u{1B}]11;rgb:0/0/0\u{07}", "\u{1B}]52;c;MTIzCg==\u{07}",
        "\u{1B}]lé✜\u{1B}\\",
        "\u{1B}P>|xterm(390)\u{1B}\\\u{1B}P1+r544e=78\u{07}", "\u{1B}_Gi=1;OK\u{1B}\\", "\u{1B}^1\u{1B}\\",
        "\u{1B}X1\u{1B}\\",
        "\u{9D}11;1\u{9C}\u{90}1\u{07}\u{9F}1\u{9C}\u{9E}1\u{1B}\\\u{98}1\u{9C}", "\u{1B}]0;1\u{1B}]0;2\u{07}",
        // ST alone.
        "\u{1B}\\\u{9C}",
        // Any other sequence of the grammar, and one that CAN or SUB aborts.
        "\u{1B}(B\u{1B} F\u{1B}#8\u{1B}%!5",
        "\u{1B}[0 q\u{1B}[1!p\u{1B}[1;2'z\u{1B}[<=>?1 !}\u{1B}[1<2 3q\u{1B}[1:2:3}",
        "\u{1B}[1\u{18}\u{1B}]1\u{18}\u{1B}[1\u{1A}\u{1B}P1\u{1A}\u{1B}( \u{18}", "\u{84}\u{85}\u{8E}",
        // Keys without a function.
        "\u{1B}OP\u{1B}[15~\u{1B}[2~\u{1B}[5~\u{1B}[[A\u{1B}[[E\u{1B}[Z\u{1B}[E\u{1B}[1;2P\u{1B}[9;2u",
        "\u{1B}[57344u\u{1B}[57376u\u{1B}[57421u\u{1B}[57441;2u\u{1B}[57427~\u{1B}[97;9u\u{1B}[49;5u\u{1B}[3u\u{1B}[99999999u",
        "\u{1B}[55296u\u{1B}[u\u{1B}[27;5~\u{1B}[\(String(repeating: "1;", count: 100))C",
        "\u{1B}[18446744073709551713u",
    ]

    private static func keys(of text: String) -> [Key] { text.unicodeScalars.map(Key.scalar) }

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

    @Test(arguments: Self.reports)
    func `reports of the terminal are no keys`(report: String) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: "1\(report)2".utf8) == [.scalar("1"), .scalar("2")])
        #expect("1\(report)2".utf8.flatMap { decoder.keys(in: [$0]) } == [.scalar("1"), .scalar("2")])
    }

    @Test(
        arguments: [
            // The 8-bit forms, as single bytes.
            [0x9B, 0x49], [0x9D, 0x31, 0x9C], [0x90, 0x31, 0x07], [0x9F, 0x31, 0x1B, 0x5C], [0x98, 0xC2, 0x9C], [0x85],
            // The end of a string, but not within a scalar.
            [0x1B, 0x5D, 0xE2, 0x9C, 0x9C, 0x31, 0x9C],
            // The mouse at columns beyond 94 and 161, also as the last byte.
            [0x1B, 0x5B, 0x4D, 0x20, 0x9B, 0x21], [0x1B, 0x5B, 0x4D, 0x20, 0xC5, 0x21],
            [0x1B, 0x5B, 0x4D, 0x20, 0x21, 0xC5],
            [0x1B, 0x5B, 0x4D, 0xFF, 0xFF, 0xFF], [0x1B, 0x5B, 0x74, 0xFF, 0x9B],
            [0x1B, 0x5B, 0x54, 0x9B, 0x21, 0x9B, 0x21, 0xFF, 0x21],
        ] as [[UInt8]]
    )
    func `reports need not be UTF-8`(report: [UInt8]) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: [0x31] + report + [0x32]) == [.scalar("1"), .scalar("2")])
    }

    @Test(
        arguments: [
            ([0xFF, 0x31], ["\u{FFFD}", "1"]), ([0xA0, 0x31], ["\u{FFFD}", "1"]), ([0xC3, 0x31], ["\u{FFFD}", "1"]),
            // Not UTF-8: overlong, a surrogate, beyond the last scalar.
            ([0xC0, 0xAF], ["\u{FFFD}", "\u{FFFD}"]), ([0xED, 0xA0, 0x80], ["\u{FFFD}"]),
            ([0xF4, 0x90, 0x80, 0x80, 0x31], ["\u{FFFD}", "1"]),
        ] as [([UInt8], [Unicode.Scalar])]
    )
    func `bytes that are not UTF-8 are replaced`(bytes: [UInt8], scalars: [Unicode.Scalar]) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: bytes) == scalars.map { .scalar($0) })
    }

    // MARK: - Unfinished sequences

    /// The starts of sequences, which are not complete.
    private static let starts = [
        "\u{1B}", "\u{1B}(", "\u{1B}[", "\u{1B}[1;5", "\u{1B}[[", "\u{1B}O", "\u{1B}]", "\u{1B}]11;rgb:1", "\u{1B}P1",
        "\u{1B}_", "\u{1B}^", "\u{1B}X", "\u{1B}[" + String(repeating: "1", count: 1000),
    ]

    @Test(arguments: Self.starts)
    func `a control character cuts off an unfinished sequence, and acts`(start: String) {
        for (character, key) in [("\r", .enter), ("\u{03}", .control("c"))] as [(String, Key)] {
            var decoder = KeyDecoder()
            #expect(decoder.keys(in: "\(start)\(character)12".utf8) == [key, .scalar("1"), .scalar("2")])
        }
    }

    @Test(arguments: Self.starts)
    func `Esc starts a sequence, also inside another`(start: String) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: "\(start)\u{1B}[H1".utf8) == [.home, .scalar("1")])
    }

    @Test(arguments: Self.starts + ["\u{1B}[M", "\u{1B}[M12", "\u{1B}[T12", "\u{1B}]1\u{1B}"])
    func `a long silence ends an unfinished sequence`(start: String) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: start.utf8) == [])
        _ = decoder.key(after: .short)
        #expect(decoder.key(after: .long) == nil)
        #expect(decoder.keys(in: "12".utf8) == [.scalar("1"), .scalar("2")])
    }

    @Test(
        arguments: [
            // Esc is a key of its own, and the next key is not one with Alt.
            ("\u{1B}", .escape, "b", [.scalar("b")]), ("\u{1B}\u{1B}", .escape, "\u{7F}", [.backspace]),
            ("\u{1B}", .escape, "1[O]P", Self.keys(of: "1[O]P")),
            ("\u{1B}", .escape, "\r\u{1A}", [.enter, .control("z")]), ("\u{1B}", .escape, "\u{1A}", [.control("z")]),
            ("\u{1B}", .escape, "\u{1B}[C", [.right]), ("\u{1B}", .escape, "\u{1B}b", [.alt("b")]),
            // The sequence that the Esc began after all.
            ("\u{1B}", .escape, "[C1", [.right, .scalar("1")]), ("\u{1B}\u{1B}", .escape, "[C", [.wordRight]),
            ("\u{1B}", .escape, "[200~1\u{03}", [.scalar("1")]),
            ("\u{1B}[200~1\u{1B}", nil, "[201~\u{03}", [.control("c")]),
            ("\u{1B}/", .alt("/"), "5", [.scalar("5")]),
            // The rest of a sequence may take longer.
            ("\u{1B}[", nil, "C", [.right]), ("\u{1B}O", nil, "C", [.right]), ("\u{1B}[1;", nil, "5C", [.wordRight]),
            ("\u{1B}[<0;10", nil, ";5M1", [.scalar("1")]), ("\u{1B}[M ", nil, "*%1", [.scalar("1")]),
            ("\u{1B}]11", nil, ";1\u{1B}", []), ("\u{1B}]11;1\u{1B}", nil, "\\1", [.scalar("1")]),
            ("\u{1B}[200~1", nil, "\u{03}", []),
        ] as [(String, Key?, String, [Key])]
    )
    func `a short silence completes Esc, and nothing else`(start: String, key: Key?, rest: String, keys: [Key]) {
        var decoder = KeyDecoder()
        _ = decoder.keys(in: start.utf8)
        #expect(decoder.key(after: .short) == key)
        #expect(decoder.keys(in: rest.utf8) == keys)
    }

    @Test(
        arguments: Self.reports.filter {
            $0.hasPrefix("\u{1B}") && !$0.hasPrefix("\u{1B}\\") && !$0.hasPrefix("\u{1B}(")
        }
    )
    func `a report may arrive with a short silence after its Esc`(report: String) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: "1\u{1B}".utf8) == [.scalar("1")])
        #expect(decoder.key(after: .short) == .escape)
        #expect(decoder.keys(in: "\(report.dropFirst())2".utf8) == [.scalar("2")])
    }

    @Test(arguments: ["[I", "O", "]", "P", "_", "^", "X"])
    func `after a long silence Esc no longer begins a sequence`(text: String) {
        var decoder = KeyDecoder()
        _ = decoder.keys(in: "\u{1B}".utf8)
        #expect(decoder.key(after: .short) == .escape)
        #expect(decoder.key(after: .long) == nil)
        #expect(decoder.keys(in: "\(text)1".utf8) == Self.keys(of: "\(text)1"))
    }

    // MARK: - Pastes

    @Test(
        arguments: [
            ("1\r2\n3\r\n4", [.scalar("1"), .enter, .scalar("2"), .enter, .scalar("3"), .enter, .scalar("4")]),
            ("1\t2", [.scalar("1"), .scalar(" "), .scalar("2")]),
            ("1\u{03}\u{04}\u{1A}\u{15}\u{08}\u{7F}\u{00}\u{1B}2", [.scalar("1")]),
            (
                "1\u{1B}[D\u{1B}OA\u{1B}[31m\u{1B}b\u{1B}]0;7\u{07}\u{1B}[97;5u\u{1B}[97u\u{9B}A2",
                [.scalar("1"), .scalar("2")]
            ),
            ("é\u{1B}[M2\u{1B}[t3", [.scalar("é"), .scalar("2"), .scalar("3")]), ("1\u{1B}]0;7", [.scalar("1")]),
            ("\u{1B}", []),
        ] as [(String, [Key])]
    )
    func `in a paste only text and line breaks count`(paste: String, keys: [Key]) {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: "\u{1B}[200~\(paste)\u{1B}[201~\u{03}b".utf8) == keys + [.control("c"), .scalar("b")])
    }

    @Test
    func `a paste whose end is lost ends after a long silence`() {
        var decoder = KeyDecoder()
        #expect(decoder.keys(in: "\u{1B}[200~1\u{1B}".utf8) == [.scalar("1")])
        #expect(decoder.key(after: .short) == nil)
        #expect(decoder.keys(in: "2\u{03}".utf8) == [.scalar("2")])
        #expect(decoder.key(after: .short) == nil)
        #expect(decoder.key(after: .long) == nil)
        #expect(decoder.keys(in: "\u{03}".utf8) == [.control("c")])
    }
}

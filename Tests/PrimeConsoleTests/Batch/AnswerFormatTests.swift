import FoundationEssentials
import PrimeConsole
import ProgramOptions
import Testing

@Suite
struct AnswerFormatTests {
    @Test(
        arguments: [
            (.tsv, "4294967295\t104484802043\n"), (.value, "104484802043\n"),
            (.json, "{\"m\":4294967295,\"prime\":104484802043,\"microseconds\":0}\n"),
        ] as [(AnswerFormat, String)]
    )
    func `an answer is a line`(format: AnswerFormat, line: String) {
        var text: [UInt8] = []
        format.append(ordinal: .max, prime: 104_484_802_043, microseconds: 0, to: &text)
        #expect(String(decoding: text, as: UTF8.self) == line)
    }

    @Test
    func `a failure is a line of text, or an object in JSON output`() {
        let failure = EntryFailure(
            programName: "client",
            line: 3,
            value: "a\"\\\u{1}é",
            kind: .invalid(.notation),
            message: "what?"
        )
        var text: [UInt8] = []
        AnswerFormat.tsv.append(failure, to: &text)
        AnswerFormat.json.append(failure, to: &text)
        #expect(
            String(decoding: text, as: UTF8.self) == """
                client: line 3: a"\\\\\\u{01}é: what?
                {"line":3,"value":"a\\"\\\\\\u0001é","message":"what?"}

                """
        )
    }

    @Test(
        arguments: [
            "plain é 素数 👨‍👩‍👧 ❤️", "\u{0}\t\n\r\u{1B}[31m\u{7F}", "\u{80}\u{9B}31m\u{9F}", "\u{202E}5\u{2066}\u{200B}",
            "\u{2028}\u{2029}\u{FEFF}\u{3164}", "\u{E0041}", #"\"\\n\\u001b"#,
            String(repeating: "7\u{1}", count: 32 * 1024),
        ]
    )
    func `an object has the whole value and message, and nothing that is not printable`(text: String) throws {
        struct Object: Codable, Equatable {
            var line: Int?
            var value: String
            var message: String
        }
        let failure = EntryFailure(
            programName: "client",
            line: nil,
            value: text,
            kind: .invalid(.notation),
            message: text
        )
        var bytes: [UInt8] = []
        AnswerFormat.json.append(failure, to: &bytes)
        #expect(bytes.removeLast() == UInt8(ascii: "\n"))
        let object = try JSONDecoder().decode(Object.self, from: Data(bytes))
        #expect(object == Object(line: nil, value: text, message: text))
        // Swift compares text by its canonical form.
        #expect(Array(object.value.unicodeScalars) == Array(text.unicodeScalars))
        let line = String(decoding: bytes, as: UTF8.self)
        let isShown = line.unicodeScalars.allSatisfy(\.isPrintable)
        #expect(isShown)
    }

    @Test
    func `a line of text shortens the value, and escapes the value and the message`() {
        let value = "\r" + String(repeating: "7", count: 70)
        let failure = EntryFailure(
            programName: "client",
            line: 1,
            value: value,
            kind: .invalid(.notation),
            message: "a\u{9B}b\nc"
        )
        let shown = String(repeating: "7", count: 56)
        #expect(failure.description == #"line 1: \r\#(shown)…: a\u{009B}b\nc"#)
    }
}

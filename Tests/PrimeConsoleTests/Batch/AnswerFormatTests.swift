import PrimeConsole
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
            isOrdinal: false,
            message: "what?"
        )
        var text: [UInt8] = []
        AnswerFormat.tsv.append(failure, to: &text)
        AnswerFormat.json.append(failure, to: &text)
        #expect(
            String(decoding: text, as: UTF8.self) == """
                client: line 3: a"\\\\u{01}é: what?
                {"line":3,"value":"a\\"\\\\\\u0001é","message":"what?"}

                """
        )
    }
}

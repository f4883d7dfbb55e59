import PeerSupport
import ProgramOptions
import Subprocess
import SystemPackage
import Testing

@Suite
struct StringPrintableTests {
    @Test(
        arguments: [
            ("plain text: 7..9/2", "plain text: 7..9/2"), ("é 素数 👨 ❤️", "é 素数 👨 ❤️"),
            ("5\u{200D}x", #"5\u{200D}x"#), ("\u{E000}\u{FFFE}\u{10FFFD}", #"\u{E000}\u{FFFE}\u{0010FFFD}"#),
            ("\u{1B}[31m7\r\n\t\u{0}", #"\u{1B}[31m7\r\n\t\0"#), ("\u{7F}\u{9B}31m", #"\u{7F}\u{009B}31m"#),
            ("\u{202E}5\u{2066}\u{200B}\u{FEFF}", #"\u{202E}5\u{2066}\u{200B}\u{FEFF}"#),
            ("\u{2028}\u{2029}\u{85}", #"\u{2028}\u{2029}\u{0085}"#), ("\u{3164}\u{E0041}", #"\u{3164}\u{000E0041}"#),
            (#"C:\new"#, #"C:\\new"#), (#"\u{1B}"#, #"\\u{1B}"#),
        ]
    )
    func `what is not printable is escaped, and the backslash of an escape is told from a backslash`(
        text: String,
        printable: String
    ) {
        #expect(text.printable == printable)
    }

    @Test
    func `no control, format or private character is printable`() {
        let shown = (0...0x10FFFF).lazy.compactMap { Unicode.Scalar($0) }.filter(\.isPrintable)
        let categories: Set<Unicode.GeneralCategory> = [
            .control, .format, .lineSeparator, .paragraphSeparator, .privateUse,
        ]
        #expect(Array(shown.filter { categories.contains($0.properties.generalCategory) }) == [])
    }

    @Test(arguments: ["xterm", "dumb"])
    func `no control character of a host or a path reaches the terminal of the prompt`(term: String) async throws {
        let client = Programs.builtFolder.appending("client").string
        let ending = try await PseudoTerminal.with(
            [client, "no\u{1B}[7mhost\r.invalid", "80"],
            columns: 200,
            environment: ["TERM": term, "XDG_STATE_HOME": "/dev/null/\u{1B}[31m"]
        ) { terminal, _ in
            if term != "dumb" { try await terminal.see(#"what you type is not kept in /dev/null/\u{1B}[31m"#) }
            try await terminal.see(line: "M> |")
            try await terminal.type("7\r")
            try await terminal.see(#"host no\u{1B}[7mhost\r.invalid"#)
            try await terminal.type("quit\r")
        }
        #expect(ending.status == .exited(1))
    }

    @Test(arguments: [["8080", "--host", "no\u{1B}[31m\r"], ["80\u{9B}"], ["0", "--memory", "\u{202E}1\n"]])
    func `no control character of an argument reaches the server's stderr`(arguments: [String]) async throws {
        let result = try await Programs.run(Programs.server, arguments)
        #expect(result.status != .exited(0))
        let isShown = result.errors.unicodeScalars.dropLast().allSatisfy(\.isPrintable)
        #expect(isShown, "\(result.errors.debugDescription)")
    }
}

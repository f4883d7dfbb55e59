import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The keys, and the line being typed.
extension PromptTests {
    @Test
    func `the line can be edited at any place and entered`() async throws {
        try await self.converse { terminal, _ in
            // 21 → 1 → 100 (End) → 7100 (Home) → 100 (Delete) → 10 → 101, with an arrow of each kind.
            try await terminal.type("21\u{1B}[D\u{7F}\u{05}00\u{1B}[H7")
            try await terminal.see(line: "M> 7|100")
            try await terminal.type("\u{1B}OD\u{1B}[3~\u{1B}[F\u{08}1")
            try await terminal.see(line: "M> 101|")
            try await terminal.type("\u{01}\u{0C}")
            try await terminal.see("a clear screen") { $0.lines == ["M> 101"] && $0.column == 3 }
            try await terminal.type("\r")
            try await terminal.see("prime(101) = 547  ")
            try await terminal.type("1 2\u{17}3\r")
            try await terminal.see("M> 1 3")
            // Esc alone has no effect.
            try await terminal.type("\u{1B}12")
            try await terminal.see(line: "M> 12|")
            try await terminal.type("\u{15}")
            try await terminal.type("\u{04}")
        }
    }

    @Test(
        arguments: [
            ("1\t2", "12|"), ("1\u{12}\t\u{07}", "1|"), ("1\u{1B}[Z2", "12|"),
            ("10..20\u{1B}b", "10..|20"), ("10..20\u{1B}B\u{1B}B", "|10..20"), ("10..20\u{01}\u{1B}f", "10|..20"),
            ("10..20\u{01}\u{1B}d", "|..20"), ("10..20\u{1B}\u{7F}", "10..|"), ("10..20\u{1B}\u{08}", "10..|"),
            ("10..20\u{02}\u{02}\u{06}\u{04}", "10..2|"),
            ("10 20\u{17}\u{17}\u{19}", "10 20|"), ("10 20\u{17}\u{1F}", "10 20|"), ("10 20\u{1F}", "|"),
            ("10 20\u{17}\u{18}\u{15}", "10 20|"), ("10\u{15}\u{1B}[27;5;47~", "10|"), ("10\u{15}\u{1B}[47;5u", "10|"),
            // Keys of Readline without a function here.
            (
                "1\u{1B}.\u{1B}t\u{1B}u\u{1B}<\u{1B}r\u{14}\u{16}\u{13}\u{0F}\u{11}\u{18}\u{05}\u{1C}\u{1D}\u{1E}\u{07}\u{00}2",
                "12|"
            ),
        ]
    )
    func `the keys of a shell edit the line or do nothing`(bytes: String, line: String) async throws {
        let ending = try await self.converse { terminal, _ in
            try await terminal.type(bytes)
            try await terminal.see(line: "M> \(line)")
            try await terminal.type("\u{05}\u{15}\u{04}")
        }
        #expect(ending.status == .exited(0))
    }

    @Test
    func `Esc ends the search by itself, and the next key is a plain one`() async throws {
        try await self.converse { terminal, _ in
            try await terminal.type("100\r7\r\u{12}0")
            try await terminal.see(line: "search `0': 1|00")
            try await terminal.type("\u{1B}")
            try await terminal.see(line: "M> 1|00")
            try await terminal.type("b")
            try await terminal.see(line: "M> 1b|00")
            try await terminal.type("\u{15}\u{0B}\u{04}")
        }
    }

    @Test
    func `reports of the terminal change nothing, neither the line nor a search`() async throws {
        let reports = [
            "\u{1B}[<0;10;5M\u{1B}[<0;10;5m", "\u{1B}[M *%", "\u{1B}[I\u{1B}[O", "\u{1B}]11;rgb:0/0/0\u{07}",
            "\u{1B}P1\u{1B}\\",
            "\u{1B}[?62;22c", "\u{9B}12;40R",
        ]
        try await self.converse { terminal, _ in
            try await terminal.type("12")
            for report in reports {
                try await terminal.type(String(report.unicodeScalars.prefix(3)))
                try await terminal.type(String(String.UnicodeScalarView(report.unicodeScalars.dropFirst(3))))
            }
            try await terminal.type("3\r")
            try await terminal.see("prime(123) = 677  ")
            try await terminal.type("\u{12}1\(reports.joined())2")
            try await terminal.see(line: "search `12': |123")
            try await terminal.type("\u{1B}[97;5u\u{0B}\u{04}")
        }
    }

    @Test
    func `a report whose Esc arrives before the rest leaves the search, and no text`() async throws {
        try await self.converse { terminal, _ in
            try await terminal.type("12\r")
            try await terminal.see("prime(12) = 37  ")
            for rest in ["[<0;10;20M", "[I", "[M *%", "[?62;22c", "]11;rgb:0/0/0\u{07}", "P1\u{1B}\\"] {
                try await terminal.type("\u{12}1")
                try await terminal.see(line: "search `1': |12")
                try await terminal.type("\u{1B}")
                try await terminal.see(line: "M> |12")
                try await terminal.type("\(rest)3")
                try await terminal.see(line: "M> 3|12")
                try await terminal.type("\u{15}\u{0B}")
                try await terminal.see(line: "M> |")
            }
            try await terminal.type("\u{04}")
        }
    }

    @Test
    func `each pasted line is entered, and pasted control characters do nothing`() async throws {
        let ending = try await self.converse { terminal, _ in
            try await terminal.see("bracketed paste on") { $0.bracketsPaste }
            try await terminal.type("\u{1B}[200~10\r\n11\r\u{03}\u{04}\u{1A}12\n1\u{1B}[D\t3\u{1B}[201~")
            try await terminal.see(line: "M> 1 3|")
            for answer in ["prime(10) = 29  ", "prime(11) = 31  ", "prime(12) = 37  "] {
                try await terminal.see(answer)
            }
            try await terminal.type("\u{15}\u{04}")
        }
        #expect(ending.status == .exited(0))
    }

    @Test
    func `a long line scrolls in a narrow terminal, and again when it becomes wider`() async throws {
        try await self.converse(["--quiet"], columns: 10) { terminal, _ in
            try await terminal.type("123456789")
            try await terminal.see(line: "M> 456789|")
            try await terminal.type("\u{01}")
            try await terminal.see(line: "M> |123456")
            #expect(terminal.screen.rowCount == 1)
            try terminal.resize(columns: 14)
            try await terminal.see(line: "M> |123456789")
            try await terminal.type("\u{1B}[C")
            try await terminal.see(line: "M> 1|23456789")
            try await terminal.type("\u{0B}")
            try await terminal.see(line: "M> 1|")
            try await terminal.type("\u{15}\u{04}")
        }
    }
}

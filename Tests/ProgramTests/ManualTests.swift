import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The man pages in `docs`, which repeat the help of the programs and the exit codes of the documentation.
@Suite(.timeLimit(.minutes(1)))
struct ManualTests {
    /// A program and its page.
    struct Manual: CustomTestStringConvertible {
        let program: String
        /// What the documentation says of the exit codes.
        let guide: String
        /// Prints the environment variables that the program reads, in alphabetical order.
        let variables: String

        static let all = [
            Manual(
                program: "server",
                guide: "docs/operations.md",
                variables: #""$1" --help | sed -nE 's/^  --([a-z-]+) <.*/NTH_PRIME_\1/p' | tr a-z- A-Z_ | sort"#
            ),
            Manual(
                program: "client",
                guide: "docs/client.md",
                variables: #"grep -rhoP 'Environment\["\K\w+' client/Sources | sort -u"#
            ),
        ]

        var name: String { "nth-prime-\(self.program)" }
        var page: String { "docs/\(self.name).1" }
        var testDescription: String { self.page }

        /// Runs shell commands in the repository, with the program as `$1`, and returns their output.
        func run(_ commands: String) async throws -> String {
            let result = try await Programs.run(
                .name("sh"),
                ["-c", commands, "sh", Programs.builtFolder.appending(self.program).string],
                // Neither the help nor the page breaks a line.
                environment: ["COLUMNS": "1000"],
                in: Programs.repository
            )
            #expect(result.errors == "")
            return result.output
        }

        /// Returns the lines of a section of the page, as `mandoc` shows them.
        func section(_ title: String) async throws -> [Substring] {
            // A bold letter is letter, backspace, letter.
            let shown = try await self.run("mandoc -T ascii -O width=1000 \(self.page)").replacing(/.\x08/, with: "")
            let rest = shown.split(separator: "\n").drop { $0 != title }.dropFirst()
            return Array(rest.prefix { $0.hasPrefix(" ") })
        }
    }

    @Sendable
    private static func hasMandoc() async -> Bool { await Programs.isInstalled("mandoc") }

    @Test(.enabled("mandoc is not installed", hasMandoc), arguments: Manual.all)
    func `mandoc finds nothing to say`(manual: Manual) async throws {
        #expect(try await manual.run("mandoc -T lint \(manual.page)") == "")
    }

    @Test(.enabled("man-db is not installed", { await Programs.isInstalled("mandb") }), arguments: Manual.all)
    func `man shows the page without a warning, and no line is too long for a terminal`(manual: Manual) async throws {
        let shown = try await manual.run("LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l \(manual.page)")
        #expect(shown.contains("SEE ALSO"))
        #expect(shown.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test(.enabled("mandoc is not installed", hasMandoc), arguments: Manual.all)
    func `arguments and options have the text of the help, with defaults and ranges`(manual: Manual) async throws {
        let help = try await manual.run(#""$1" --help | sed '1,/^USAGE/d; /^[A-Z]*:$/d; s/<\([A-Za-z-]*\)>/\1/g'"#)
        let page = try await manual.section("ARGUMENTS") + manual.section("OPTIONS")
        #expect(page.count > 20)
        #expect(Self.words(page.joined(separator: " ")) == Self.words(help))
    }

    @Test(.enabled("mandoc is not installed", hasMandoc), arguments: Manual.all)
    func `each example of the help is a line`(manual: Manual) async throws {
        let examples = try await manual.run(#""$1" --help | sed -nE 's/^  (.*[^ ])  +.*/\1/p' | sed '/^-/d; /^</d'"#)
        let commands = try await manual.section("EXAMPLES").filter { $0.contains("$ ") }
        let expected = examples.split(separator: "\n").map { line in
            "$ " + line.replacing(manual.program + " ", with: manual.name + " ")
        }
        #expect(expected.count > 3)
        #expect(commands.map { $0.drop { $0 == " " } } == expected.map { $0[...] })
    }

    @Test(.enabled("mandoc is not installed", hasMandoc), arguments: Manual.all)
    func `the exit codes are those of the documentation`(manual: Manual) async throws {
        let codes = try await manual.section("EXIT STATUS").compactMap { $0.prefixMatch(of: #/ {5}(\d+) /#)?.output.1 }
        let documented = try await manual.run(#"sed -nE 's/^\| ([0-9]+) \|.*/\1/p' \#(manual.guide)"#)
        #expect(codes.count > 2)
        #expect(codes == documented.split(separator: "\n"))
    }

    @Test(.enabled("mandoc is not installed", hasMandoc), arguments: Manual.all)
    func `the environment variables are those that the program reads`(manual: Manual) async throws {
        let section = try await manual.section("ENVIRONMENT").filter { $0.prefixMatch(of: #/ {5}\S/#) != nil }
        let named = section.flatMap { $0.matches(of: /\b[A-Z][A-Z_]+\b/).map(\.output) }.filter { $0 != "FILES" }
        let read = try await manual.run(manual.variables).split(separator: "\n")
        #expect(read.count > 3)
        #expect(Set(named) == Set(read))
    }

    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
}

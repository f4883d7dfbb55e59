import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The files that `make install` installs: programs, man pages and completions.
@Suite(.timeLimit(.minutes(1)))
struct InstallTests {
    private static let names = ["nth-prime-client", "nth-prime-server"]

    /// Installs the programs under test into an empty folder, as `sudo make install` does after `make build`: without a
    /// compiler.
    private static func install(_ body: (FilePath) async throws -> Void) async throws {
        try await TextFile.withTemporaryFolder { root in
            let result = try await Programs.run(
                .name("sh"),
                [
                    "-ec",
                    """
                    mkdir -p scripts Sources server/Sources client/Sources; touch Package.swift
                    cp "$repository/Makefile" .; cp "$repository/scripts/install" scripts
                    ln -s "$repository/docs" .; ln -s "$built/server" server; ln -s "$built/client" client
                    make install SWIFT=no-compiler DESTDIR="$PWD/it's for all" prefix=/usr
                    """,
                ],
                environment: [
                    "repository": Programs.repository.string, "built": Programs.builtFolder.string,
                    "MAKEFLAGS": "",
                ],
                in: root
            )
            try #require(result.status == .exited(0), "\(result.errors)")
            try await body(root.appending("it's for all/usr"))
        }
    }

    /// Runs a shell command in the installed folder, and returns its stdout.
    private static func run(_ shell: String, _ line: String, in folder: FilePath) async throws -> String {
        let result = try await Programs.run(.name(shell), ["-c", line], in: folder)
        #expect(result.status == .exited(0), "\(result.errors)")
        return result.output
    }

    @Test
    func `programs, man pages and completions are where the system looks for them`() async throws {
        try await Self.install { folder in
            let files = try await Self.run("sh", "find . -type f -printf '%m %P\\n' | sort", in: folder)
            let expected = Self.names.flatMap { name in
                [
                    "644 share/bash-completion/completions/\(name)", "644 share/fish/vendor_completions.d/\(name).fish",
                    "644 share/man/man1/\(name).1", "644 share/zsh/site-functions/_\(name)", "755 bin/\(name)",
                ]
            }
            #expect(files.split(separator: "\n").map(String.init) == expected.sorted())
            for name in Self.names {
                #expect(try await Self.run("sh", "bin/\(name) --help", in: folder).contains("USAGE: \(name) "))
            }
        }
    }

    @Test
    func `the help has each example on a line of its own`() async throws {
        try await Self.install { folder in
            for name in Self.names {
                let help = try await Self.run("sh", "COLUMNS=80 bin/\(name) --help", in: folder)
                let examples = help.split(separator: "\n\n")[1].split(separator: "\n")
                #expect(examples.count > 3)
                #expect(examples.allSatisfy { $0.hasPrefix("  ") && $0.contains("\(name) ") }, "\(help)")
            }
        }
    }

    @Test
    func `what make installs, make uninstalls`() async throws {
        try await Self.install { folder in
            _ = try await Self.run("sh", "make -C ../.. uninstall DESTDIR=\"${PWD%/usr}\" prefix=/usr", in: folder)
            #expect(try await Self.run("sh", "find . -type f", in: folder) == "")
        }
    }

    @Test(
        arguments: [
            ("nth-prime-client localhost 80 --re", ["--reuse", "--retries"]),
            ("nth-prime-client localhost 80 --format ", ["tsv", "json", "value"]),
            ("nth-prime-server 80 --me", ["--memory"]),
        ]
    )
    func `bash completes options and their values`(line: String, completions: [String]) async throws {
        try await Self.install { folder in
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            // Bash does the same when Tab is pressed.
            let found = try await Self.run(
                "bash",
                """
                set -e; name=\(words[0]); source "share/bash-completion/completions/$name"
                COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; COMP_CWORD=\(words.count - 1)
                COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " ")))
                function=$(complete -p "$name"); function=${function##*-F }
                "${function%% *}" "$name" '\(words[words.count - 1])' '\(words[words.count - 2])' || true
                printf '%s\\n' "${COMPREPLY[@]}"
                """,
                in: folder
            )
            #expect(found.split(separator: "\n").map { $0.filter { $0 != " " } } == completions)
        }
    }

    @Test(.enabled("zsh is not installed", { await Programs.isInstalled("zsh") }))
    func `the zsh completions parse`() async throws {
        try await Self.install { folder in
            for name in Self.names {
                _ = try await Self.run("zsh", "zsh -n share/zsh/site-functions/_\(name)", in: folder)
            }
        }
    }

    @Test(.enabled("fish is not installed", { await Programs.isInstalled("fish") }))
    func `fish completes options`() async throws {
        try await Self.install { folder in
            let found = try await Self.run(
                "fish",
                """
                source share/fish/vendor_completions.d/nth-prime-client.fish
                complete --do-complete 'nth-prime-client localhost 80 --re'
                """,
                in: folder
            )
            let options = found.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map(String.init) }
            #expect(options.sorted() == ["--retries", "--reuse"])
        }
    }
}

import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The three Makefiles and the CMake files.
///
/// A script stands in for the compiler: it notes its arguments, one a line.
@Suite(.timeLimit(.minutes(2)))
struct MakefileTests {
    /// A copy of the build files, with a source in each folder, in a folder of any name.
    struct Checkout {
        let root: FilePath
        let folder: FilePath

        static func with(_ name: String = "primes", _ body: (Checkout) async throws -> Void) async throws {
            try await TextFile.withTemporaryFolder { root in
                let checkout = Checkout(root: root, folder: root.appending(name))
                try await checkout.expect(
                    """
                    mkdir ../built; cd "$repository"
                    cp --parents Makefile {server,client}/{Makefile,CMakeLists.txt} "$folder"; cd "$folder"
                    mkdir {.,server,client}/Sources; touch Package.swift {.,server,client}/Sources/source
                    printf '#!/bin/sh\\necho built\\n' | tee ../built/server >../built/client; chmod +x ../built/*
                    # Older than all that the tests make.
                    find . -exec touch -d @1 {} +
                    """
                )
                try TextFile.write(
                    """
                    #!/bin/sh
                    cd "${0%/*}"
                    printf '%s\\n' "$@" >>calls
                    echo "$NTH_PRIME_COMMIT" >commit
                    case "$*" in *--show-bin-path*) echo "$PWD/built"; exit ;; esac
                    mkdir running || exit; . ./compile; rmdir running

                    """,
                    to: root.appending("swift"),
                    permissions: [.ownerReadWriteExecute]
                )
                try TextFile.write(":\n", to: root.appending("compile"))
                try await body(checkout)
            }
        }

        /// Runs shell commands in the copy.
        func run(_ commands: String) async throws -> (status: TerminationStatus, output: String, errors: String) {
            try await Programs.run(
                .name("bash"),
                ["-ec", "mkdir -p \"$folder\"; cd \"$folder\"; \(commands)"],
                environment: [
                    "folder": self.folder.string, "repository": Programs.repository.string, "MAKEFLAGS": "",
                    "SWIFT": self.root.appending("swift").string,
                ],
                in: self.root
            )
        }

        /// Runs shell commands in the copy that must succeed.
        func expect(_ commands: String) async throws {
            let result = try await self.run(commands)
            #expect(result.status == .exited(0), "\(result.errors)")
        }

        /// Removes and returns the arguments of all calls of the compiler.
        func calls() throws -> [String] {
            let path = self.root.appending("calls")
            guard let text = try? TextFile.read(path) else { return [] }
            try TextFile.remove(path)
            return text.split(separator: "\n").map(String.init)
        }
    }

    // MARK: - Folders

    @Test(
        arguments: [
            " My Projects ", "it's", "$a$(b)${c}`d`", "#a#b", "a:b%c=d,e", "a&b;c|d", "(a)<b>", "*[a]?", "~a", "-a",
            "@a",
            "primtal-på-日本語",
        ],
        [
            "make build",
            "cd /; make -C \"$folder\" build",
            "cd /; make -f \"$folder/Makefile\" build",
            "cd server; make; cd ../client; make",
            "cd /; make -f \"$folder/server/Makefile\"; make -f \"$folder/client/Makefile\"",
        ]
    )
    func `make builds both programs in a folder of any name`(name: String, commands: String) async throws {
        try await Checkout.with(name) { checkout in
            try await checkout.expect(commands)
            try await checkout.expect("[ \"$(server/server; client/client)\" = \"$(echo built; echo built)\" ]")
            let calls = try checkout.calls()
            let folders = zip(calls, calls.dropFirst()).filter { $0.0 == "--package-path" }.map(\.1)
            #expect(folders.count >= 4)
            #expect(folders.allSatisfy { $0 == checkout.folder.string })
            #expect(calls.contains("server") && calls.contains("client"))
        }
    }

    /// The commands of the README.
    ///
    /// CMake refuses more signs than `make` does.
    @Test(
        .enabled("CMake is not installed", { await Programs.isInstalled("cmake") }),
        arguments: ["My Projects", "it's", "a$b%c&d(e),f", "primtal-på-日本語"],
        ["server", "client"]
    )
    func `cmake builds the program into its folder`(name: String, program: String) async throws {
        try await Checkout.with(name) { checkout in
            try await checkout.expect("cd \(program); cmake -S . -B ./build; cd build; make; ../\(program)")
            #expect(
                try checkout.calls().starts(with: [
                    "build", "--package-path", checkout.folder.string, "-c", "release", "--static-swift-stdlib",
                    "--explicit-target-dependency-import-check", "error", "-Xswiftc", "-use-ld=lld", "-Xlinker", "-s",
                    "--product", program,
                ])
            )
        }
    }

    @Test(.enabled("CMake is not installed", { await Programs.isInstalled("cmake") }), arguments: ["server", "client"])
    func `cmake does not replace the Makefile`(program: String) async throws {
        try await Checkout.with { checkout in
            let result = try await checkout.run("cd \(program); cmake .")
            #expect(result.status != .exited(0))
            #expect(result.errors.contains("  cmake -S . -B ./build\n"))
            try await checkout.expect("cmp \(program)/Makefile \"$repository/\(program)/Makefile\"")
        }
    }

    // MARK: - What is up to date

    @Test(arguments: ["build", "server/server client/client", "-C server", "-C client"])
    func `what is up to date needs no compiler`(arguments: String) async throws {
        try await Checkout.with { checkout in
            try await checkout.expect("make build")
            #expect(try checkout.calls() != [])
            try await checkout.expect("make \(arguments) SWIFT=no-compiler")
        }
    }

    @Test(
        arguments: [
            "touch Makefile", "touch Package.swift", "touch Sources/source", "touch server/Sources/source",
            "touch client/Sources/new", "rm Sources/source", "rm server/server client/client",
        ]
    )
    func `after a change the compiler is called`(change: String) async throws {
        try await Checkout.with { checkout in
            try await checkout.expect("make build")
            #expect(try checkout.calls() != [])
            // A program gets the time of its build's start, in seconds.
            try await checkout.expect("touch -d '1 minute ago' {server/server,client/client}; \(change)")
            try await checkout.expect("make build")
            let calls = try checkout.calls()
            #expect(calls.contains("server") && calls.contains("client"))
        }
    }

    @Test
    func `a source edited during the build is built by the next one`() async throws {
        try await Checkout.with { checkout in
            try await checkout.expect("echo 'touch \"$folder/Sources/source\"' >../compile; make -C server")
            #expect(try checkout.calls() != [])
            try await checkout.expect("make -C server")
            #expect(try checkout.calls() != [])
        }
    }

    @Test(arguments: ["run", "build", "install", "-C server"])
    func `without programs and compiler, make says what to do`(arguments: String) async throws {
        try await Checkout.with { checkout in
            let result = try await checkout.run("make \(arguments) SWIFT=no-compiler DESTDIR=\"$PWD/installed\"")
            #expect(result.status == .exited(2))
            let lines = result.errors.split(separator: "\n")
            #expect(lines.first?.hasPrefix("make: you need Swift 6.2 or later") == true)
            #expect(lines.first?.contains("before 'sudo make install', run 'make build'") == true)
            // The others are those of make itself.
            #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("make") && $0.contains("***") })
        }
    }

    @Test(
        .enabled("CMake is not installed", { await Programs.isInstalled("cmake") }),
        arguments: ["server", "client"],
        ["make", "cmake -S . -B build && cd build && make"]
    )
    func `a program's folder alone says that it is a part`(program: String, commands: String) async throws {
        try await Checkout.with { checkout in
            let result = try await checkout.run("cp -r \(program) ../alone; cd ../alone; \(commands)")
            #expect(result.status == .exited(2))
            let lines = result.errors.split(separator: "\n")
            #expect(lines.first?.hasSuffix("copy the whole package, and run make in its folder \(program)") == true)
            #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("make") && $0.contains("***") })
        }
    }

    // MARK: - The commit

    /// Makes the copy a repository with a commit.
    private static let commit = """
        git init -q; git config user.name Test; git config user.email test@example.org; git add .; git commit -qm 1

        """

    @Test(
        arguments: [
            (":", "[0-9a-f]{7,}"), ("echo change >>Package.swift", "[0-9a-f]{7,}-dirty"), ("rm -rf .git", ""),
            ("rm -rf .git; git init -q", ""),
            // A copy within another repository.
            ("mv .git ..", ""),
        ]
    )
    func `the compiler gets the commit`(_ clone: (change: String, commit: String)) async throws {
        try await Checkout.with { checkout in
            try await checkout.expect(
                "\(Self.commit) \(clone.change); make -C server; grep -qxE '\(clone.commit)' ../commit"
            )
        }
    }

    @Test(arguments: [":", "git worktree add -q ../tree; cd ../tree"])
    func `after a commit the compiler is called`(place: String) async throws {
        try await Checkout.with { checkout in
            try await checkout.expect(
                """
                \(Self.commit) \(place); make build
                log=$(git rev-parse --git-path logs/HEAD)
                find . "$log" -exec touch -d '2 minutes ago' {} +
                touch -d '1 minute ago' server/server client/client
                make build SWIFT=no-compiler
                git commit -qm 2 --allow-empty; rm ../calls
                make build; grep -qx server ../calls; grep -qx client ../calls
                """
            )
        }
    }

    // MARK: - Jobs

    @Test(arguments: ["build", "clean build", "build server/server client/client"])
    func `jobs do not run the compiler twice at once`(targets: String) async throws {
        try await Checkout.with { checkout in
            // The compiler fails if it runs already; the pause gives a second one the time to start.
            try await checkout.expect("echo 'sleep 0.1' >../compile; make -j8 \(targets); server/server; client/client")
        }
    }
}

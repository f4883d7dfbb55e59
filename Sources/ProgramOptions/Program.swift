package import ArgumentParser
internal import BuildCommit
internal import Dispatch
internal import Glibc
internal import SystemPackage

/// A command-line program whose every error is one line on stderr: what failed, with which value, and what to try.
package protocol Program: AsyncParsableCommand {
    /// The name of the program in its messages.
    static var name: String { get }
    /// The number of files that the program opens before it can do its work.
    static var requiredFiles: Int { get }
    /// The most positional arguments that the parser reads; ``take(_:)`` gets all further ones.
    static var parsedArgumentLimit: Int { get }

    /// Takes the positional arguments that the parser has not read.
    ///
    /// - Parameter arguments: The arguments, perhaps none.
    /// - Throws: `ValidationError` if one is wrong.
    mutating func take(_ arguments: ArraySlice<String>) throws
}

extension Program {
    package static var parsedArgumentLimit: Int { .max }
    package mutating func take(_ arguments: ArraySlice<String>) throws {}

    /// The version of both programs (https://semver.org), and the commit if it is known: `1.0.0 (commit 1b2c3d4)`.
    package static var version: String {
        // Safe: the C string is a constant.
        let commit = unsafe String(cString: build_commit())
        return commit.isEmpty ? "1.0.0" : "1.0.0 (commit \(commit))"
    }

    /// Returns the name by which the program was started, so that help and completions are right under any name.
    ///
    /// - Parameter usual: The name if the system does not tell.
    /// - Returns: The last component of the path.
    package static func invokedName(usual: String) -> String {
        Self.invokedName(of: CommandLine.arguments.first ?? "") ?? usual
    }

    /// Returns the name of a program that was started with this word; `nil` if there is none.
    package static func invokedName(of word: String) -> String? {
        FilePath(word).lastComponent?.string.printable
    }

    /// Parses the command line and runs the program; a wrong command line exits with ``ProgramExit/usage``.
    ///
    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - environment: Sets every option as `NTH_PRIME_<OPTION>`; the command line wins, and an empty value sets nothing.
    package static func start(arguments: [String], environment: [String: String] = [:]) -> Never {
        self.holdStandardStreams()
        // A closed pipe and a full file are errors of writing (EPIPE, EFBIG), and no signal ends the program.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // Before the first task, because the threads that run tasks need files, too.
        OpenFileLimit.raise()
        do {
            try OpenFileLimit.require(self.requiredFiles)
        } catch {
            self.report("\(error)")
            self.exit(withError: ProgramExit.failure.code)
        }
        Task { @MainActor in
            await self.run(arguments: arguments, environment: environment)
            self.exit()
        }
        dispatchMain()
    }

    private static func run(arguments: [String], environment: [String: String]) async {
        do {
            // The parser's completions offer the word.
            let arguments = arguments == ["help"] ? ["--help"] : arguments
            var command = try Self.command(arguments: arguments, environment: environment)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                // `--help` and `--version` are commands of the parser's own.
                try command.run()
            }
        } catch {
            let exitCode = Self.exitCode(for: error)
            if error is ExitCode { Self.exit(withError: error) }
            if exitCode.isSuccess { Self.exit(printing: Self.fullMessage(for: error)) }
            let hint = exitCode == ProgramExit.usage.code ? "; see \(Self.name) --help" : ""
            // The parser lists some values below each other.
            let message = Self.message(for: error).split(separator: "\n").joined(separator: " ")
            Self.report("\(message.hasSuffix(".") ? message.dropLast() : message[...])\(hint)")
            Self.exit(withError: exitCode)
        }
    }

    /// Writes an error message to stderr.
    ///
    /// - Parameter message: One line, which may contain text from outside, such as an argument.
    package static func report(_ message: String) {
        // If stderr fails, there is no other place to report that.
        try? TextOutput(.standardError).write("\(Self.name): \(message.printable)\n")
    }

    /// Writes a text that the user asked for, such as the help, to stdout, and ends the program.
    private static func exit(printing text: String) -> Never {
        do {
            try TextOutput(.standardOutput).write("\(text)\n")
        } catch is TextOutput.ReaderGone {
            // The reader has seen enough: success.
        } catch {
            Self.report("\(error)")
            Self.exit(withError: ProgramExit.failure.code)
        }
        Self.exit()
    }

    /// Opens `/dev/null` in place of each of stdin, stdout and stderr that is closed.
    ///
    /// Otherwise the next file that the process opens, perhaps a peer's connection, would take its number.
    private static func holdStandardStreams() {
        // Each is opened in the opposite direction, so that using it fails, as it did while it was closed.
        for (number, mode) in zip(0..., [FileDescriptor.AccessMode.writeOnly, .readOnly, .readOnly]) {
            // The system gives the lowest free number.
            guard let file = try? FileDescriptor.open("/dev/null", mode), file.rawValue != number else { continue }
            try? file.close()
        }
    }

    /// Parses the command line, and then the environment's values of the options that it does not set.
    ///
    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - environment: The environment.
    /// - Returns: The program's command, or one of the parser's own, such as `--help`.
    /// - Throws: The parser's error of the command line; `ValidationError` that names a variable.
    package static func command(
        arguments: [String],
        environment: [String: String]
    ) throws -> any ParsableCommand {
        let split = SplitCommandLine(arguments, valueOptions: self.valueOptions)
        let parsed = split.positional.prefix(self.parsedArgumentLimit)
        var typed = split.options + (parsed.isEmpty ? [] : ["--"] + parsed)
        var command = try self.parseAsRoot(typed)
        for name in self.optionNames where command is Self {
            let option = "--" + name
            let variable = "NTH_PRIME_" + name.uppercased().replacing("-", with: "_")
            // Docker Compose passes a variable that is not set on as an empty one.
            guard let value = environment[variable], !value.allSatisfy(\.isWhitespace),
                !split.options.contains(where: { $0.hasPrefix(option + "=") })
            else { continue }
            typed.insert("\(option)=\(value)", at: 0)
            do {
                command = try self.parseAsRoot(typed)
            } catch {
                // The message speaks of an option that is not on the command line.
                let message = self.message(for: error).replacing("\(option) <\(name)>", with: variable)
                throw ValidationError(message.replacing(option, with: variable))
            }
        }
        guard var program = command as? Self else { return command }
        try program.take(split.positional[parsed.endIndex...])
        return program
    }

    /// The arguments that take the next one as their value; the last is the parser's own.
    private static var valueOptions: Set<String> {
        Set(self.optionNames.map { "--\($0)" } + ["--generate-completion-script"])
    }

    /// The names of all options that take a value, as on the command line.
    ///
    /// The parser finds the options by reflection, too: `_maxConnections` is `--max-connections`.
    private static var optionNames: [String] {
        Mirror(reflecting: Self()).children.compactMap { label, value in
            guard let label, value is any ValueOption else { return nil }
            return label.dropFirst().map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
        }
    }
}

/// An option that takes a value of any type.
private protocol ValueOption {}
extension Option: ValueOption {}

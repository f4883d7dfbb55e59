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
    /// The number of threads that the program starts with default options.
    static var requiredThreads: Int { get }
    /// The most positional arguments that the parser reads; ``take(_:)`` gets all further ones.
    static var parsedArgumentLimit: Int { get }

    /// Takes the positional arguments that the parser has not read.
    ///
    /// - Parameter arguments: The arguments, perhaps none.
    /// - Throws: `ValidationError` if one is wrong.
    mutating func take(_ arguments: ArraySlice<String>) throws

    /// Returns what is wrong with positional arguments that the parser has refused, and what would be right.
    ///
    /// - Parameter arguments: All positional arguments.
    /// - Returns: `nil` if nothing is wrong.
    static func mistake(in arguments: [String]) -> String?
}

extension Program {
    package static var parsedArgumentLimit: Int { .max }
    package mutating func take(_ arguments: ArraySlice<String>) throws {}
    package static func mistake(in arguments: [String]) -> String? { nil }

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
            try ThreadLimit.require(self.requiredThreads)
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
            let message = Self.message(for: error)
            // A message that says what would be right needs no more.
            let hint = exitCode == ProgramExit.usage.code && !message.contains("; ") ? "; see \(Self.name) --help" : ""
            Self.report("\(message)\(hint)")
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
    /// - Throws: `ValidationError` that names the mistake; the parser's error if there is no other explanation.
    package static func command(
        arguments: [String],
        environment: [String: String]
    ) throws -> any ParsableCommand {
        let split = SplitCommandLine(arguments, valueOptions: self.valueOptions)
        if let request = split.options.first(where: ["-h", "--help", "--version"].contains) {
            return try self.parseAsRoot([request])
        }
        let parsed = split.positional.prefix(self.parsedArgumentLimit)
        let typed = split.options + (parsed.isEmpty ? [] : ["--"] + parsed)
        var command: any ParsableCommand
        do {
            command = try self.parseAsRoot(typed)
            guard command is Self else { return command }
            command = try self.parseAsRoot(self.options(of: environment, besides: split.options) + typed)
        } catch {
            guard self.exitCode(for: error) == ProgramExit.usage.code,
                let mistake = self.mistake(inOptions: split.options) ?? self.mistake(in: split.positional)
            else { throw error }
            throw ValidationError(mistake)
        }
        guard var program = command as? Self else { return command }
        try program.take(split.positional[parsed.endIndex...])
        return program
    }

    /// Returns the options that the environment sets and the command line does not.
    ///
    /// - Throws: `ValidationError` that names a variable.
    private static func options(of environment: [String: String], besides typed: [String]) throws -> [String] {
        try self.optionTypes.sorted { $0.key < $1.key }.compactMap { option, type in
            let variable = "NTH_PRIME_" + option.dropFirst(2).uppercased().replacing("-", with: "_")
            // Docker Compose passes a variable that is not set on as an empty one.
            guard let value = environment[variable], !value.allSatisfy(\.isWhitespace),
                !typed.contains(where: { $0.hasPrefix("\(option)=") })
            else { return nil }
            if let mistake = self.mistake(in: value, of: type, called: variable) { throw ValidationError(mistake) }
            return "\(option)=\(value)"
        }
    }

    // MARK: - Mistakes

    /// Returns what is wrong with the options, and what would be right.
    private static func mistake(inOptions options: [String]) -> String? {
        for option in options {
            let name = String(option.prefix { $0 != "=" })
            let value = option.dropFirst(name.count + 1)
            if let type = self.optionTypes[name] {
                guard let mistake = self.mistake(in: String(value), of: type, called: name) else { continue }
                return mistake
            }
            if self.flags.contains(name) {
                guard option.contains("=") else { continue }
                return "\(name) takes no value; write \(name) alone"
            }
            guard name == self.completionOption else { return self.unknown(option: name) }
            let shells = CompletionShell.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            if CompletionShell(rawValue: String(value)) == nil { return "\(option) is not valid; use one of \(shells)" }
        }
        return nil
    }

    private static func mistake(in value: String, of type: any OptionValue.Type, called name: String) -> String? {
        guard !type.accepts(value) else { return nil }
        return value.isEmpty
            ? "\(name) has no value; use \(type.accepted)" : "\(name) \(value) is not valid; use \(type.accepted)"
    }

    private static func unknown(option: String) -> String {
        let (word, names) = (option.lowercased(), self.optionTypes.keys + self.flags + ["--help", "--version"])
        // The first two letters must be right, because any option resembles some other one.
        let alike = names.filter { word.count >= 4 && $0.hasPrefix(word.prefix(4)) }.sorted()
        let nearest =
            alike.first { $0.hasPrefix(word) }
            ?? alike.min { $0.difference(from: word).count < $1.difference(from: word).count }
        return "\(option) is not an option" + (nearest.map { "; did you mean \($0)?" } ?? "")
    }

    // MARK: - The program's options

    /// The parser's own option with a value.
    private static var completionOption: String { "--generate-completion-script" }

    /// The arguments that take the next one as their value.
    private static var valueOptions: Set<String> {
        Set(self.optionTypes.keys + [self.completionOption])
    }

    /// The options that take a value, by their name on the command line.
    private static var optionTypes: [String: any OptionValue.Type] {
        Dictionary(
            uniqueKeysWithValues: self.properties.compactMap { name, value in
                (value as? any ValueOption).map { (name, type(of: $0).valueType) }
            }
        )
    }

    private static var flags: [String] {
        self.properties.filter { $0.value is Flag<Bool> }.map(\.name)
    }

    /// The options and arguments of the program.
    ///
    /// The parser finds them by reflection, too: `_maxConnections` is `--max-connections`.
    private static var properties: [(name: String, value: Any)] {
        Mirror(reflecting: Self()).children.compactMap { label, value in
            guard let label else { return nil }
            let name = label.dropFirst().map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
            return ("--\(name)", value)
        }
    }
}

/// An option that takes a value.
private protocol ValueOption {
    static var valueType: any OptionValue.Type { get }
}

extension Option: ValueOption where Value: OptionValue {
    static var valueType: any OptionValue.Type { Value.self }
}

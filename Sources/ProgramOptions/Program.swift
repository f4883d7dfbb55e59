package import ArgumentParser
internal import SystemPackage

/// A command-line program whose every error is one line on stderr: what failed, with which value, and what to try.
package protocol Program: AsyncParsableCommand {
    /// The name of the program in its messages.
    static var name: String { get }
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

    /// The version of both programs; see https://semver.org.
    package static var version: String { "1.0.0" }

    /// Returns the name by which the program was started, so that help and completions are right under any name.
    ///
    /// - Parameter usual: The name if the system does not tell.
    /// - Returns: The last component of the path.
    package static func invokedName(usual: String) -> String {
        (FilePath(CommandLine.arguments.first ?? "").lastComponent?.string ?? usual).printable
    }

    /// Parses the command line and runs the program; a wrong command line exits with ``ProgramExit/usage``.
    ///
    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - environment: Sets every option as `NTH_PRIME_<OPTION>`; the command line wins.
    package static func start(arguments: [String], environment: [String: String] = [:]) async {
        Self.holdStandardStreams()
        do {
            // The parser's completions offer the word.
            let arguments = arguments == ["help"] ? ["--help"] : arguments
            let split = SplitCommandLine(arguments, valueOptions: Self.valueOptions)
            let parsed = split.positional.prefix(Self.parsedArgumentLimit)
            var command = try Self.parseAsRoot(
                Self.options(in: environment) + split.options + (parsed.isEmpty ? [] : ["--"] + parsed)
            )
            if var command = command as? Self {
                try command.take(split.positional[parsed.endIndex...])
                try await command.run()
            } else {
                // `--help` and `--version` are commands of the parser's own.
                try command.run()
            }
        } catch {
            let exitCode = Self.exitCode(for: error)
            guard !exitCode.isSuccess, !(error is ExitCode) else { Self.exit(withError: error) }
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
        _ = try? FileDescriptor.standardError.writeAll("\(Self.name): \(message.printable)\n".utf8)
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

    /// Returns the options that the environment sets, to be put before the command line's, so that these win.
    private static func options(in environment: [String: String]) -> [String] {
        self.optionNames.compactMap { option in
            let name = "NTH_PRIME_" + option.uppercased().replacing("-", with: "_")
            return environment[name].map { "--\(option)=\($0)" }
        }
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

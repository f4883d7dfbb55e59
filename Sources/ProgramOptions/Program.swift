public import ArgumentParser
internal import SystemPackage

/// A program whose every error is one line on stderr: what, which value, what to try.
public protocol Program: AsyncParsableCommand {
    /// What it calls itself.
    static var name: String { get }

    /// The options that `NTH_PRIME_<OPTION>` sets in the environment, by their names on the command line.
    static var environmentOptions: [String] { get }
}

extension Program {
    /// The version of both programs; see https://semver.org.
    public static var version: String { "1.0.0" }

    /// No option is read from the environment, unless the program says so.
    public static var environmentOptions: [String] { [] }

    /// Names the program as it was started, so that help and completions are right as whatever it is installed.
    ///
    /// - Parameter usual: Its name if the system does not tell.
    /// - Returns: The last part of the path.
    public static func invokedName(usual: String) -> String {
        FilePath(CommandLine.arguments.first ?? "").lastComponent?.string ?? usual
    }

    /// Parses the command line and runs the program; a command line that is wrong ends it with exit code 64.
    ///
    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - environment: Set options here as `NTH_PRIME_<OPTION>`; the command line wins.
    public static func start(arguments: [String], environment: [String: String]) async {
        Self.holdStandardStreams()
        do {
            // The parser's completions offer the word.
            let arguments = arguments == ["help"] ? ["--help"] : arguments
            var command = try Self.parseAsRoot(Self.options(in: environment) + arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                // `--help` and `--version` come as commands of the parser's own.
                try command.run()
            }
        } catch {
            let exitCode = Self.exitCode(for: error)
            guard !exitCode.isSuccess, !(error is ExitCode) else { Self.exit(withError: error) }
            let hint = exitCode == .validationFailure ? "; see \(Self.name) --help" : ""
            let message = Self.message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
            Self.report("\(message.hasSuffix(".") ? message.dropLast() : message[...])\(hint)")
            Self.exit(withError: exitCode)
        }
    }

    /// Tells the user, on stderr, what went wrong.
    ///
    /// - Parameter message: One line.
    public static func report(_ message: String) {
        // Nobody is left to tell when stderr fails.
        _ = try? FileDescriptor.standardError.writeAll("\(Self.name): \(message)\n".utf8)
    }

    /// Puts a file that gives and takes nothing in the place of each of stdin, stdout and stderr that is closed.
    ///
    /// Else the next file opened, perhaps a peer's connection, would be taken for it.
    private static func holdStandardStreams() {
        // Opened the wrong way round: to read or write it fails, as it did when it was closed.
        for (place, mode) in zip(0..., [FileDescriptor.AccessMode.writeOnly, .readOnly, .readOnly]) {
            // The system gives the lowest free number.
            guard let file = try? FileDescriptor.open("/dev/null", mode), file.rawValue != place else { continue }
            try? file.close()
        }
    }

    /// What the environment sets, as arguments to be put before those of the command line, so that these win.
    private static func options(in environment: [String: String]) -> [String] {
        self.environmentOptions.compactMap { option in
            let name = "NTH_PRIME_" + option.uppercased().replacing("-", with: "_")
            return environment[name].map { "--\(option)=\($0)" }
        }
    }
}

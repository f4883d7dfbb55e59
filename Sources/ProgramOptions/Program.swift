package import ArgumentParser
internal import Glibc
internal import SystemPackage

/// A command-line program whose every error is one line on stderr: what failed, with which value, and what to try.
package protocol Program: AsyncParsableCommand {
    /// The name of the program in its messages.
    static var name: String { get }
}

extension Program {
    /// The version of both programs; see https://semver.org.
    package static var version: String { "1.0.0" }

    /// Returns the name by which the program was started, so that help and completions are right under any name.
    ///
    /// - Parameter usual: The name if the system does not tell.
    /// - Returns: The last component of the path.
    package static func invokedName(usual: String) -> String {
        FilePath(CommandLine.arguments.first ?? "").lastComponent?.string ?? usual
    }

    /// Parses the command line and runs the program; a wrong command line exits with ``ProgramExit/usage``.
    ///
    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - environment: Sets every option as `NTH_PRIME_<OPTION>`; the command line wins.
    package static func start(arguments: [String], environment: [String: String] = [:]) async {
        Self.holdStandardStreams()
        // A closed pipe and a full file are errors of writing (EPIPE, EFBIG), and no signal ends the program.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        do {
            // The parser's completions offer the word.
            let arguments = arguments == ["help"] ? ["--help"] : arguments
            var command = try Self.parseAsRoot(Self.options(in: environment) + arguments)
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
            let message = Self.message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
            Self.report("\(message.hasSuffix(".") ? message.dropLast() : message[...])\(hint)")
            Self.exit(withError: exitCode)
        }
    }

    /// Writes an error message to stderr.
    ///
    /// - Parameter message: One line.
    package static func report(_ message: String) {
        // If stderr fails, there is no other place to report that.
        try? TextOutput(.standardError).write("\(Self.name): \(message)\n")
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

    /// Returns the options that the environment sets, to be put before the command line's, so that these win.
    private static func options(in environment: [String: String]) -> [String] {
        self.optionNames.compactMap { option in
            let name = "NTH_PRIME_" + option.uppercased().replacing("-", with: "_")
            return environment[name].map { "--\(option)=\($0)" }
        }
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

import ArgumentParser
import FoundationEssentials
import NIOCore
import NIOPosix
import PrimeClient
import ProgramOptions
import SystemPackage

/// A question to a running server, which shows whether it answers.
struct HealthCheck {
    /// The server's own command: where it was told to listen, and with which byte order.
    private let server: ServerCommand

    init(_ server: ServerCommand) {
        self.server = server
    }

    /// Asks for the first prime.
    ///
    /// - Throws: `PrimeClientError` if no answer comes; `ExitCode` if it is wrong.
    func run() async throws {
        guard let port = self.server.port?.value else { preconditionFailure("the command has no port") }
        var configuration = PrimeClient.Configuration()
        configuration.byteOrder = self.server.byteOrder
        configuration.timeout = .seconds(5)
        // A supervisor repeats its health check itself.
        configuration.retries = 0
        // One question needs one event loop.
        NIOSingletons.groupLoopCountSuggestion = 1
        let prime = try await PrimeClient.withClient(
            host: self.server.host?.name ?? "localhost",
            port: port,
            configuration: configuration
        ) { client in
            try await client.prime(at: 1)
        }
        guard prime == 2 else { throw ProgramExit.failure.code }
    }
}

extension ServerCommand {
    /// The error of a first process that does not tell the port of a server.
    private struct UnknownPort: Error, CustomStringConvertible {
        let process: String

        var description: String {
            "the first process does not tell the port of a \(ServerCommand.name): \(self.process); "
                + "use \(ServerCommand.name) <port> --health-check"
        }
    }

    /// Returns the command of the first process, which is the server in a container.
    ///
    /// - Throws: ``UnknownPort``.
    static func firstProcess() throws -> ServerCommand {
        let words = KernelFile.strings("/proc/1/cmdline")
        let isName = { (word: String) in Self.invokedName(of: word) == Self.name }
        // An init program may come before it: "docker-init -- server 8080"; an emulator repeats the name.
        let arguments = words.drop { !isName($0) }.drop(while: isName)
        do {
            guard words.contains(where: isName),
                case let command as ServerCommand = try Self.command(
                    arguments: Array(arguments),
                    environment: Self.firstEnvironment
                ),
                let port = command.port?.value, port > 0
            else { throw UnknownPort(process: words.joined(separator: " ")) }
            return command
        } catch let error as UnknownPort {
            throw error
        } catch {
            throw UnknownPort(process: "\(words.joined(separator: " ")) (\(Self.message(for: error)))")
        }
    }

    private static var firstEnvironment: [String: String] {
        let settings = KernelFile.strings("/proc/1/environ")
        // Another user may not read it. A container gives the health check the same variables.
        guard !settings.isEmpty else { return ProcessInfo.processInfo.environment }
        return Dictionary(
            settings.compactMap { setting in
                let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
            },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

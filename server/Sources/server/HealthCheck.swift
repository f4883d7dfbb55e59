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
        guard let port = self.server.port, port > 0 else {
            throw ValidationError("--health-check needs the port of a running server, not 0")
        }
        var configuration = PrimeClient.Configuration()
        configuration.byteOrder = self.server.byteOrder
        configuration.timeout = .seconds(5)
        // A supervisor repeats its health check itself.
        configuration.retries = 0
        // One question needs one event loop.
        NIOSingletons.groupLoopCountSuggestion = 1
        let prime = try await PrimeClient.withClient(
            host: self.server.host ?? "localhost",
            port: port,
            configuration: configuration
        ) { client in
            try await client.prime(at: 1)
        }
        guard prime == 2 else { throw ProgramExit.failure.code }
    }
}

extension ServerCommand {
    /// The error of a first process that is no such server.
    private struct NoServer: Error, CustomStringConvertible {
        let process: String

        var description: String {
            "the first process is \(self.process), not \(ServerCommand.name), so the port is unknown; "
                + "use \(ServerCommand.name) <port> --health-check"
        }
    }

    /// Returns the command of the first process, which is the server in a container.
    ///
    /// - Throws: ``NoServer``, or the parser's error if the first process has another version of the options.
    static func firstProcess() throws -> ServerCommand {
        let words = KernelFile.strings("/proc/1/cmdline")
        // An init program may come before it: "docker-init -- server 8080".
        guard let place = words.firstIndex(where: { Self.invokedName(of: $0) == Self.name }),
            case let command as ServerCommand = try Self.command(
                arguments: Array(words[(place + 1)...]),
                environment: Self.firstEnvironment
            )
        else { throw NoServer(process: words.first ?? "unknown") }
        return command
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

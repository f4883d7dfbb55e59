import PeerSupport
import Subprocess
import Testing

/// The environment variables of the server program.
@Suite(.timeLimit(.minutes(1)))
struct ServerEnvironmentTests {
    @Test(arguments: [(["--threads", "0"], "2"), (["--threads=0"], "many")])
    func `the command line wins over the environment`(arguments: [String], value: String) async throws {
        let result = try await Programs.run(
            Programs.server,
            ["0"] + arguments,
            environment: ["NTH_PRIME_THREADS": value]
        )
        #expect(result.errors.hasPrefix("server: --threads 0 is not valid"))
    }

    @Test(arguments: ["", "  "])
    func `empty variables set nothing`(value: String) async throws {
        let names = [
            "HOST", "THREADS", "MEMORY", "BYTE_ORDER", "MAX_CONNECTIONS", "IDLE_TIMEOUT", "REQUEST_TIMEOUT",
            "WRITE_TIMEOUT", "MAX_CONNECTION_AGE", "DRAIN_TIMEOUT", "LOG_LEVEL",
        ]
        let environment = names.map { (Environment.Key(stringLiteral: "NTH_PRIME_\($0)"), value) }
        try await RunningServer.with(environment: Dictionary(uniqueKeysWithValues: environment)) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
            }
        }
    }
}

import PeerSupport
import Subprocess
import Testing

/// The environment variables of the server program.
@Suite(.timeLimit(.minutes(1)))
struct ServerEnvironmentTests {
    @Test(
        arguments: [
            ("NTH_PRIME_THREADS", "many", "The value 'many' is invalid for 'NTH_PRIME_THREADS'"),
            ("NTH_PRIME_THREADS", "0", "NTH_PRIME_THREADS 0 is out of range; take 1 to 1024"),
            ("NTH_PRIME_MEMORY", "-1", "The value '-1' is invalid for 'NTH_PRIME_MEMORY'"),
            ("NTH_PRIME_MAX_CONNECTION_AGE", "?", "The value '?' is invalid for 'NTH_PRIME_MAX_CONNECTION_AGE'"),
            ("NTH_PRIME_BYTE_ORDER", "middle", "The value 'middle' is invalid for 'NTH_PRIME_BYTE_ORDER'"),
            ("NTH_PRIME_MAX_CONNECTIONS", "0", "NTH_PRIME_MAX_CONNECTIONS 0 is out of range; take 1 to 1000000"),
        ]
    )
    func `a bad value in the environment names its variable`(
        name: String,
        value: String,
        message: String
    ) async throws {
        let result = try await Programs.run(
            Programs.server,
            ["0", "--log-level", "error"],
            environment: [.init(stringLiteral: name): value]
        )
        #expect(result.status == .exited(64))
        #expect(result.errors.hasPrefix("server: \(message)"))
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [(["--threads", "0"], "2"), (["--threads=0"], "many")])
    func `the command line wins over the environment`(arguments: [String], value: String) async throws {
        let result = try await Programs.run(
            Programs.server,
            ["0"] + arguments,
            environment: ["NTH_PRIME_THREADS": value]
        )
        #expect(result.errors.hasPrefix("server: --threads 0 is out of range"))
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

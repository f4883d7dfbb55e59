import Glibc
import LoadGenerator
import Subprocess

/// Redis under `redis-benchmark`: a well-known server for comparison, which looks up a key.
struct RedisServer {
    static let name = "redis"

    private let port: Int

    /// Runs Redis until `body` returns.
    ///
    /// - Returns: What `body` returns.
    /// - Throws: ``BenchmarkError`` if Redis does not start; what `body` throws.
    static func run<Result: Sendable>(
        _ body: @escaping @Sendable (RedisServer) async throws -> Result
    ) async throws -> Result {
        // Redis cannot choose a free port itself. This range lies below the ports that the kernel gives to clients.
        let port = Int.random(in: 20_000..<30_000)
        return try await ServerProcess.run(
            .name("redis-server"),
            arguments: ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            readPort: { $0.contains("Ready to accept connections") ? port : nil },
            { server in
                let redis = RedisServer(port: server.port)
                // The measured GETs read this value.
                _ = try await redis.rate(command: "set", ["-c", "1"], requests: 1)
                return try await body(redis)
            }
        )
    }

    /// Returns the number of GETs per second; `nil` if Redis has no such case.
    func rate(in loadCase: LoadCase, seconds: Double) async throws -> Double? {
        guard let redis = loadCase.redis else { return nil }
        let requests = Int(Double(redis.requestsPerSecond) * seconds)
        return try await self.rate(command: "get", redis.arguments, requests: requests)
    }

    private func rate(command: String, _ arguments: [String], requests: Int) async throws -> Double {
        let result = try await Subprocess.run(
            .name("redis-benchmark"),
            arguments: Arguments(["-p", "\(self.port)", "-t", command, "-n", "\(requests)", "--csv"] + arguments),
            output: .string(limit: 1 << 20),
            error: .discarded
        )
        // "test","rps",… and then "GET","87000.00",…
        let line = result.standardOutput.split(separator: "\n").last ?? ""
        let words = line.split(separator: ",").map { $0.filter { $0 != "\"" } }
        guard words.count > 1, let rate = Double(words[1]) else {
            throw BenchmarkError("redis-benchmark printed no rate: \(result.standardOutput)")
        }
        return rate
    }
}

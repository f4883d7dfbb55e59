import LoadGenerator
import NIOCore

/// A way in which servers are asked as fast as they answer.
enum LoadCase: String, CaseIterable {
    case reconnecting = "one connection a request, 32 at a time, resident M"
    case takingTurns = "32 connections, one request at a time, resident M"
    case pipelined = "8 connections, 64 deep, resident M"
    case pipelinedCold = "8 connections, 64 deep, cold M over the whole domain"

    /// Low M, which any amount of memory given to the server covers; or all of them.
    var ordinals: OrdinalSource {
        self == .pipelinedCold ? .random(1...UInt32.max) : .random(1...1_000_000)
    }

    /// How the server on this port of the loopback address is asked.
    func plan(port: Int, threads: Int, duration: Duration) throws -> LoadPlan {
        LoadPlan(
            address: try SocketAddress(ipAddress: "127.0.0.1", port: port),
            connections: self.connections,
            depth: self.depth,
            reconnects: self == .reconnecting,
            threads: threads,
            limit: .duration(duration)
        )
    }

    /// The same for `redis-benchmark`, and how many requests make a second of work, roughly; `nil` if it has no such case.
    var redis: (arguments: [String], requestsPerSecond: Int)? {
        switch self {
        case .reconnecting: (["-c", "32", "-P", "1", "-k", "0"], 12_000)
        case .takingTurns: (["-c", "32", "-P", "1"], 80_000)
        case .pipelined: (["-c", "8", "-P", "64"], 1_500_000)
        case .pipelinedCold: nil
        }
    }

    private var connections: Int {
        switch self {
        case .reconnecting, .takingTurns: 32
        case .pipelined, .pipelinedCold: 8
        }
    }

    private var depth: Int {
        switch self {
        case .reconnecting, .takingTurns: 1
        case .pipelined, .pipelinedCold: 64
        }
    }
}

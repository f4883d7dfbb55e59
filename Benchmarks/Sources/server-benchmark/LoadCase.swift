import LoadGenerator
import NIOCore

/// A load pattern under which every server is measured.
enum LoadCase: String, CaseIterable {
    case reconnecting = "one connection a request, 32 at a time, resident M"
    case takingTurns = "32 connections, one request at a time, resident M"
    case pipelined = "8 connections, 64 deep, resident M"
    case pipelinedCold = "8 connections, 64 deep, cold M over the whole domain"

    /// Small M, which are resident under any memory budget; or M of the whole domain.
    var ordinals: OrdinalSource {
        self == .pipelinedCold ? .random(1...UInt32.max) : .random(1...1_000_000)
    }

    /// Returns the load for the server on this loopback port.
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

    /// The same load as options of `redis-benchmark`, and a rough number of requests per second; `nil` if Redis has no
    /// such case.
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

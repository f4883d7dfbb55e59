import NIOCore
import NIOPosix
import PeerSupport
import Testing

/// Requests and answers of the server program.
@Suite(.timeLimit(.minutes(1)))
struct ServerProgramTests {
    @Test
    func `one request on a connection is answered`() async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1_000_000])
                #expect(try await connection.answers(1) == [15_485_863])
            }
        }
    }

    @Test
    func `M = 0 is answered with 0, and the connection stays open`() async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([0])
                #expect(try await connection.answers(1) == [0])
                try await connection.ask([1])
                #expect(try await connection.answers(1) == [2])
            }
        }
    }

    @Test
    func `a request in pieces is answered`() async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                for byte: UInt8 in [0x00, 0x0f, 0x42] { try await connection.send([byte]) }
                // An exchange on another connection separates the pieces, so that they arrive separately.
                try await RawConnection.with(port: server.port) { other in
                    try await other.ask([1])
                    #expect(try await other.answers(1) == [2])
                }
                try await connection.send([0x40])
                #expect(try await connection.answers(1) == [15_485_863])
            }
        }
    }

    @Test(arguments: [0, 1, 20, 10_000])
    func `requests before the end of the stream are answered in order, then the server closes`(count: Int) async throws
    {
        let known: [UInt64] = [0, 2, 3, 5, 7, 11, 13, 17, 19, 23]
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                let ordinals = (0..<count).map { UInt32($0 % known.count) }
                if count > 0 { try await connection.ask(ordinals) }
                connection.finish()
                #expect(try await connection.answers(count) == ordinals.map { known[Int($0)] })
                #expect(try await connection.rest() == [])
            }
        }
    }

    @Test(arguments: 1...3)
    func `an incomplete last request is dropped, and those before it are answered`(byteCount: Int) async throws {
        try await RunningServer.with { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask([1])
                try await connection.send(Array(repeating: 0, count: byteCount))
                connection.finish()
                #expect(try await connection.answers(1) == [2])
                #expect(try await connection.rest() == [])
            }
        }
    }

    @Test
    func `neither an incomplete request nor 500 cold ones delay another connection`() async throws {
        try await RunningServer.with(["--threads", "2"]) { server in
            try await RawConnection.with(port: server.port) { stuck in
                try await stuck.send([0])
                try await RawConnection.with(port: server.port) { busy in
                    try await busy.ask(Array(repeating: .max, count: 500))
                    try await RawConnection.with(port: server.port) { third in
                        try await third.ask([1])
                        #expect(try await third.answers(1) == [2])
                    }
                    #expect(try await busy.answers(500) == Array(repeating: 104_484_802_043, count: 500))
                }
            }
        }
    }

    @Test(arguments: ["0", "1", "100KiB", "64MiB", "1GiB"])
    func `every M is answered, whatever the memory budget`(memory: String) async throws {
        let known: [UInt32: UInt64] = [
            1: 2, 4: 7, 100_000: 1_299_709, 1_000_000: 15_485_863, 4_294_967_295: 104_484_802_043,
        ]
        try await RunningServer.with(["--memory", memory]) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.ask(Array(known.keys))
                #expect(try await connection.answers(known.count) == Array(known.values))
            }
        }
    }

    @Test
    func `the byte order can be little-endian`() async throws {
        try await RunningServer.with(["--byte-order", "little"]) { server in
            try await RawConnection.with(port: server.port) { connection in
                try await connection.send([0x40, 0x42, 0x0f, 0x00])
                #expect(try await connection.answers(1) == [UInt64(15_485_863).byteSwapped])
            }
        }
    }

    /// Returns a port on which no socket listens.
    ///
    /// It is below the ports that the kernel assigns for port 0, so no other test's server takes it meanwhile.
    static func unusedPort() async throws -> Int {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        while true {
            let port = Int.random(in: 20_000..<30_000)
            guard let listener = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() else { continue }
            try await listener.close()
            return port
        }
    }
}

import PeerSupport
import Subprocess
import SystemPackage
import Testing

extension LoadTests {
    /// Trouble that comes from the machine rather than from peers.
    struct ResilienceTests {
        // MARK: - Time

        /// A stopped server reads nothing, so that time must not count against its peers.
        @Test
        func `a server that was stopped for 10 s closes no connection for that, and goes on`() async throws {
            let arguments = ["--idle-timeout", "5", "--request-timeout", "5", "--write-timeout", "5"]
            try await RunningServer.with(arguments) { server in
                let (idle, begun, asking) = try await PeerThread.run {
                    let peers = try (0..<3).map { _ in try PeerSocket(port: server.port) }
                    for peer in peers { try peer.exchange(1) }
                    try peers[1].send([0, 0])
                    return (peers[0], peers[1], peers[2])
                }
                try await server.suspend()
                // The length of the pause is what this tests.
                try await Task.sleep(for: .seconds(10))
                try await PeerThread.run {
                    try begun.send([0, 2])
                    try asking.ask([3])
                    let late = try PeerSocket(port: server.port)
                    try late.ask([4])
                    try server.send(.resume)
                    let answers = try [begun, asking, late].map { try $0.answers(1) }
                    #expect(answers == [[3], [5], [7]])
                    // This is long enough for several sweeps of the clocks.
                    try late.exchange(for: .seconds(1))
                    for peer in [idle, begun, asking] { try peer.exchange(5) }
                }
            }
        }

        /// The source of a library that shifts the wall clock by a day while a file exists.
        private static let jumpingClock = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdlib.h>
            #include <sys/time.h>
            #include <time.h>
            #include <unistd.h>

            static time_t jump(void) { return access(getenv("JUMP"), F_OK) == 0 ? 86400 : 0; }

            int clock_gettime(clockid_t clock, struct timespec *time) {
                int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
                int result = real(clock, time);
                if (clock == CLOCK_REALTIME) time->tv_sec += jump();
                return result;
            }

            int gettimeofday(struct timeval *restrict time, void *restrict zone) {
                int (*real)(struct timeval *, void *) = dlsym(RTLD_NEXT, "gettimeofday");
                int result = real(time, zone);
                time->tv_sec += jump();
                return result;
            }

            time_t time(time_t *result) {
                struct timespec now;
                clock_gettime(CLOCK_REALTIME, &now);
                if (result) *result = now.tv_sec;
                return now.tv_sec;
            }
            """

        @Sendable
        private static func hasCompiler() async -> Bool {
            (try? await Programs.run(.name("clang"), ["--version"])) != nil
        }

        @Test(.enabled("clang is not installed", hasCompiler))
        func `a jump of the wall clock, forward or back, closes no connection`() async throws {
            try await TextFile.withTemporaryFolder { folder in
                let (source, library) = (folder.appending("clock.c"), folder.appending("clock.so"))
                let jump = folder.appending("jump")
                try TextFile.write(Self.jumpingClock, to: source)
                let compilation = try await Programs.run(
                    .name("clang"),
                    ["-shared", "-fPIC", "-o", library.string, source.string]
                )
                try #require(compilation.status == .exited(0), "\(compilation.errors)")
                try await RunningServer.with(
                    ["--idle-timeout", "5", "--request-timeout", "5", "--log-level", "debug"],
                    environment: ["LD_PRELOAD": .init(library.string), "JUMP": .init(jump.string)]
                ) { server in
                    try await PeerThread.run {
                        let (idle, begun) = (try PeerSocket(port: server.port), try PeerSocket(port: server.port))
                        try idle.exchange(1)
                        try begun.send([0, 0])
                        let live = try PeerSocket(port: server.port)
                        try TextFile.write("", to: jump)
                        try live.exchange(for: .seconds(1))
                        _ = try PeerSocket(port: server.port)
                        try live.exchange(for: .milliseconds(100))
                        try TextFile.remove(jump)
                        try live.exchange(for: .seconds(1))
                        try idle.exchange(1)
                        try begun.send([0, 2])
                        #expect(try begun.answers(1) == [3])
                    }
                    // The dates in the log show that the server saw the jump.
                    let days = Set(try server.log().map { $0.prefix(10) })
                    #expect(days.count == 2)
                }
            }
        }

        // MARK: - The log

        /// Makes the server log more, at debug level, than a pipe and the server's buffer hold.
        private static func causeLog(port: Int) throws {
            for _ in 0..<6000 {
                let peer = try PeerSocket(port: port)
                try peer.send([0])
                peer.finish()
                #expect(try peer.receive(1) == [])
            }
        }

        /// Otherwise the next file that the server opens, perhaps a peer's connection, would become stderr.
        @Test
        func `a closed stderr does not send the log to a peer`() async throws {
            try await RunningServer.with(["--log-level", "debug"], errors: .closed) { server in
                let place = try await Programs.run(.name("readlink"), ["/proc/\(server.process)/fd/2"])
                #expect(place.output == "/dev/null\n")
                try await PeerThread.run {
                    try Self.causeLog(port: server.port)
                    try PeerSocket(port: server.port).exchange(1)
                }
            }
        }

        @Test
        func `an unread log delays no client, and reports dropped lines when it is read`() async throws {
            try await RunningServer.with(["--log-level", "debug"], errors: .unread) { server in
                try await PeerThread.run {
                    let live = try PeerSocket(port: server.port)
                    try live.exchange(1)
                    try Self.causeLog(port: server.port)
                    try live.exchange(for: .milliseconds(100))
                    while try !server.nextOfUnreadLog().contains("log lines dropped") {}
                }
            }
        }

        @Test
        func `an unread log does not delay the end of the server`() async throws {
            try await Rounds.expect(below: .seconds(1)) {
                let (status, time) = try await RunningServer.with(
                    ["--log-level", "debug"],
                    errors: .unread,
                    endsItself: true
                ) { server in
                    try await PeerThread.run { try Self.causeLog(port: server.port) }
                    return try await server.timeToEnd()
                }
                #expect(status == .exited(0))
                return time
            }
        }
    }
}

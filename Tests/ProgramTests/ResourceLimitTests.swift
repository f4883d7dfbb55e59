import Glibc
import PeerSupport
import ProgramOptions
import Subprocess
import SystemPackage
import Testing

@testable import server

/// What a server takes from the limits of its container.
struct ResourceLimitTests {
    /// Makes a folder with files like those of the kernel, and reads the limits from it.
    private static func withLimits(_ files: [String: String], _ body: (ResourceLimits) throws -> Void) async throws {
        try await TextFile.withTemporaryFolder { root in
            let memory = ["proc/meminfo": "MemTotal:       16777216 kB\nMemFree: 5 kB\n"]
            for (name, text) in files.merging(memory, uniquingKeysWith: { $1 }) {
                let path = root.appending(name)
                _ = try await Programs.run(.name("mkdir"), ["-p", path.removingLastComponent().string])
                try TextFile.write(text, to: path)
            }
            try body(ResourceLimits(root: root))
        }
    }

    /// Only another user than root has a limit of threads; only root can start a program as one without processes.
    private static let otherUser = 54_321

    @Test(.enabled(if: geteuid() == 0, "only root can become another user"), arguments: [2, 5] + Array(8...18) + [30])
    func `with few threads the programs answer, or say in one line how many they need`(limit: Int) async throws {
        let script = """
            folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cp "$1" "$2" "$folder"; chmod 755 "$folder"; cd "$folder"
            as_other=(setpriv --reuid \(Self.otherUser) prlimit --nproc=\(limit) timeout --foreground -s KILL 20)
            await() { until [ -s out ] || ! kill -0 $server 2>/dev/null; do sleep 0.02; done; }
            "${as_other[@]:0:5}" ./server 0 --host 127.0.0.1 --log-level error >out 2>err & server=$!
            (sleep 10; kill -KILL $server 2>/dev/null) & guard=$!
            await
            if [ -s out ]; then ./client 127.0.0.1 $(sed -n 's/.*://p' out) 5; kill $server; fi
            wait $server; echo "server $? $(cat err)"; kill $guard; rm out
            ./server 0 --host 127.0.0.1 --log-level error >out & server=$!
            await
            "${as_other[@]}" ./client 127.0.0.1 $(sed -n 's/.*://p' out) 5 2>&1; echo "client $?"; kill $server; wait $server
            """
        let programs = [Programs.serverPath.string, Programs.clientPath.string]
        let result = try await Programs.run(.name("bash"), ["-c", script, "bash"] + programs)
        #expect(
            result.output.wholeMatch(
                of:
                    /(5\t11\nserver 0 |server 1 server: only \d+ of the [^\n]*)\n(5\t11\nclient 0|client: only [^\n]*\nclient 1)\n/
            ) != nil,
            "\(result.output)\(result.errors)"
        )
    }

    @Test(
        arguments: [
            // Version 2: the container sees its own group as the root.
            (["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "300000000\n"], 300_000_000),
            // The group of a service, and one around it that has less.
            (
                [
                    "proc/self/cgroup": "0::/system.slice/primes.service\n",
                    "sys/fs/cgroup/system.slice/primes.service/memory.max": "max\n",
                    "sys/fs/cgroup/system.slice/memory.max": "500000000\n",
                ], 500_000_000
            ),
            // Version 1: the path is that of the host, but the container sees only its own group.
            (
                [
                    "proc/self/cgroup": "9:name=systemd:/\n4:memory:/docker/ab:cd\n1:cpu,cpuacct:/docker/ab:cd\n0::/\n",
                    "sys/fs/cgroup/memory/memory.limit_in_bytes": "300000000\n",
                ], 300_000_000
            ),
            (
                [
                    "proc/self/cgroup": "4:memory:/docker/ab:cd\n",
                    "sys/fs/cgroup/memory/docker/ab:cd/memory.limit_in_bytes": "200000000\n",
                    "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                ], 200_000_000
            ),
            // No limit: what the machine has.
            (["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"], 1 << 34),
            (["proc/self/cgroup": "0::/../elsewhere\n"], 1 << 34), (["proc/self/cgroup": "nonsense\n"], 1 << 34),
            ([:], 1 << 34),
        ] as [([String: String], Int)]
    )
    func `the memory limit is the smallest of the groups and the machine`(
        files: [String: String],
        bytes: Int
    ) async throws {
        try await Self.withLimits(files) { #expect($0.memory == bytes) }
    }

    @Test(
        arguments: [
            (["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000 100000\n"], 2),
            (["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "10000 100000\n"], 1),
            (["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"], nil),
            (
                [
                    "proc/self/cgroup": "1:cpu,cpuacct:/a/b\n",
                    "sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us": "-1\n",
                    "sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us": "100000\n",
                    "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "300000\n",
                    "sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
                ], 3
            ),
            ([:], nil),
        ] as [([String: String], Int?)]
    )
    func `the processor limit is the smallest quota, rounded up`(
        files: [String: String],
        count: Int?
    ) async throws {
        try await Self.withLimits(files) { #expect($0.processors == count) }
    }

    // MARK: - The memory budget

    @Test(
        arguments: [
            (nil, 1 << 30, 64 << 20), (nil, 100 << 20, 36_604_832), (nil, 10 << 20, 0), ("0", 10 << 20, 0),
            ("64MiB", 1 << 30, 64 << 20), ("50%", 1 << 30, 536_870_900), ("0%", 1 << 30, 0),
            ("all", 1 << 34, 3_482_826_752), ("ALL", 1 << 34, 3_482_826_752), ("9gib", 1 << 34, 3_482_826_752),
            ("1000", 1 << 30, 1000),
        ] as [(String?, Int, Int)]
    )
    func `a budget that fits is taken, and the usual one shrinks to what fits`(
        size: String?,
        limit: Int,
        bytes: Int
    ) throws {
        let size = size.flatMap { MemorySize(argument: $0) }
        #expect(try MemoryBudget.byteCount(of: size, within: limit) == bytes)
    }

    @Test(arguments: ["all", "300MiB", "100%", "90%"])
    func `a budget that does not fit is an error, and the largest that it names fits`(size: String) throws {
        let limit = 300_000_000
        let error = try #require(throws: MemoryBudget.DoesNotFit.self) {
            try MemoryBudget.byteCount(of: MemorySize(argument: size), within: limit)
        }
        let description = error.description
        #expect(description.contains(size))
        #expect(description.contains("may use 286 MiB in all"))
        let largest = try #require(description.split(separator: " ").last)
        let budget = try MemoryBudget.byteCount(of: MemorySize(argument: String(largest)), within: limit)
        #expect(budget > 200 << 20)
    }
}

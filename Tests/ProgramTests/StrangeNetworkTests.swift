import PeerSupport
import Subprocess
import SystemPackage
import Testing

private let mayMakeNetworks: Bool = {
    let limit = try? TextFile.read("/proc/sys/user/max_net_namespaces")
    let hasTool = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"].contains {
        (try? FileDescriptor.open(FilePath($0), .readOnly).close()) != nil
    }
    return hasTool && limit.map { $0 != "0\n" } ?? false
}()

/// The programs on machines whose network differs from this one's: in network namespaces of their own.
@Suite(.timeLimit(.minutes(1)), .enabled(if: mayMakeNetworks, "no network namespaces, or no ip(8)"))
struct StrangeNetworkTests {
    /// Runs a server and a shell script in a namespace where `localhost` is `::1` and `127.0.0.1`.
    ///
    /// - Parameters:
    ///   - network: Shell commands that set up the network.
    ///   - serverOptions: The server's options besides the port.
    ///   - script: Runs when the server listens; `$port` is its port, `$client` the client.
    /// - Returns: The exit status, stdout and stderr.
    /// - Throws: What starting the programs throws.
    private static func run(
        _ network: String,
        _ serverOptions: [String],
        _ script: String
    ) async throws -> (status: TerminationStatus, output: String, errors: String) {
        let hosts = "127.0.0.1 localhost\\n::1 localhost\\n"
        let all = """
            set -e
            ip link set lo up
            hosts=$(mktemp); printf '\(hosts)' > "$hosts"
            mount --bind "$hosts" /etc/hosts; rm "$hosts"
            \(network)
            exec 3< <(exec "$server" 0 "$@" 2>/dev/null)
            trap 'kill $!' EXIT
            read -r line <&3
            port=${line##*:}
            \(script)
            """
        return try await Programs.run(
            .name("unshare"),
            ["--user", "--map-root-user", "--net", "--mount", "bash", "-c", all, "bash"] + serverOptions,
            environment: ["server": Programs.serverPath.string, "client": Programs.clientPath.string]
        )
    }

    private static let withoutIPv6 = "for name in all lo; do echo 1 > /proc/sys/net/ipv6/conf/$name/disable_ipv6; done"

    @Test(arguments: [[], ["--host", "localhost"], ["--host", "127.0.0.1"], ["--host", "0.0.0.0"]])
    func `without IPv6 the server listens, and the client passes over the address that cannot be`(
        options: [String]
    ) async throws {
        // The test ends in time only if the unusable address costs no pause.
        let script = "\"$client\" localhost \"$port\" 1..2000 --concurrency 1 --format value"
        let run = try await Self.run(Self.withoutIPv6, options, script)
        #expect(run.errors == "")
        #expect(run.output.split(separator: "\n").count == 2000)
        #expect(run.output.hasSuffix("\n17389\n"))
    }

    @Test(arguments: ["0", "1"])
    func `the server listens for IPv4 and IPv6 whatever the system's default is`(onlyIPv6: String) async throws {
        for options in [[], ["--host", "localhost"]] {
            let run = try await Self.run(
                "echo \(onlyIPv6) > /proc/sys/net/ipv6/bindv6only",
                options,
                "for host in ::1 127.0.0.1 localhost; do \"$client\" $host \"$port\" 7 --format value --retries 0; done"
            )
            #expect(run.errors == "")
            #expect(run.output == "17\n17\n17\n")
        }
    }
}

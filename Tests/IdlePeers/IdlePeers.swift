import PeerSupport
import SystemPackage

/// Holds connections until its stdin ends: `IdlePeers <port> <count> <host>`, from 127.0.0.`host`.
///
/// Each asks for the first prime. Prints how many got it, and at the end how many connections are still open.
@main
struct IdlePeers {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        precondition(arguments.count == 3, "usage: IdlePeers <port> <count> <host>")
        OpenFiles.raiseLimit()
        var peers: [PeerSocket] = []
        for _ in 0..<arguments[1] {
            let peer = try PeerSocket(port: arguments[0], from: UInt8(arguments[2]))
            try peer.exchange(1)
            peers.append(peer)
        }
        Self.say(peers.count)
        while readLine() != nil {}
        Self.say(peers.count { !$0.hasEnded })
    }

    private static func say(_ count: Int) {
        // Not `print`, which keeps lines back in a pipe.
        _ = try? FileDescriptor.standardOutput.writeAll("\(count)\n".utf8)
    }
}

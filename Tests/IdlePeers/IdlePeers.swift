import PeerSupport
import SystemPackage

/// A program that holds idle connections until its stdin ends: `IdlePeers <port> <count> <host>`, from 127.0.0.`host`.
///
/// Each connection first asks for the first prime. The program prints the number of answers, and at the end the number of
/// connections that are still open.
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
        // `print` would buffer lines in a pipe.
        _ = try? FileDescriptor.standardOutput.writeAll("\(count)\n".utf8)
    }
}

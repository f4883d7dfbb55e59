import ArgumentParser
import Foundation
import Measurement
import NthPrime
import Peers

/// The program: reads its options, runs the cases in turns, and prints the table.
@main
struct EngineBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine-benchmark",
        abstract: "Measure the index, in alternation with primecount and primesieve if they are installed.",
        discussion: """
            Every timed answer is also checked; a wrong one ends the run with exit code 1. A target that is not met is a \
            result, not a failure: the exit code is 0. \
            The table goes to stdout, everything else to stderr.
            """
    )

    @Option(help: "Memory budget of the filled index: bytes, or 'all' for the whole domain (3.6 GB).")
    var memory: MemoryBudget?

    @Flag(help: "Run a smoke test of a few seconds, with 64 MiB unless --memory is given.")
    var quick = false

    func run() async throws {
        let primecount = Primecount()
        let primesieve = Primesieve()
        let peers = [
            primecount.map { "primecount \($0.version)" },
            primesieve.map { "primesieve \($0.version)" },
        ]
        if peers.contains(nil) {
            self.log("a peer is not installed; try 'apt-get install libprimecount-dev libprimesieve-dev'")
        }
        let memory = (self.memory ?? (self.quick ? .bytes(64 << 20) : .all)).fitted(into: SystemMemory.available)
        if let remark = memory.remark { self.log(remark) }
        let effort = self.quick ? Effort.quick : .full
        var cases = try Cases(
            effort: effort,
            memoryBudget: memory.bytes,
            primecount: primecount,
            primesieve: primesieve
        )

        print(Circumstances(peers: peers.compactMap(\.self)), terminator: "\n\n")
        self.log("warming up")
        var warmUp = Report()
        var reading = try await cases.takeTurn(into: &warmUp)
        var report = Report()
        for turn in 1...effort.turns {
            self.log("turn \(turn) of \(effort.turns)")
            reading = try await cases.takeTurn(into: &report)
        }
        print(report, reading, "every answer was right; \(report.summary)", separator: "\n\n")
    }

    private func log(_ line: String) {
        FileHandle.standardError.write(Data("engine-benchmark: \(line)\n".utf8))
    }
}

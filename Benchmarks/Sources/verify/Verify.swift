import ArgumentParser
import Foundation
import Measurement
import NthPrime
import Peers
import Verification

/// The program: reads options and starts the two passes.
@main
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks every answer of the index against libprimesieve.",
        discussion: """
            Two passes: with nothing resident, so that every look-up sieves; and with all resident that is checked, \
            many look-ups to a call. The verdict goes to stdout, progress to stderr.
            Exit codes: 0 all right, 1 a wrong answer, or nothing could be checked, 64 wrong options.
            """
    )

    @Option(help: "The first M, from 1.")
    var from: UInt32 = 1

    @Option(help: "The last M, up to 4294967295.")
    var to: UInt32 = PrimeIndex.lastOrdinal

    @Option(help: "How many threads check and fill.")
    var threads: Int = 2

    func validate() throws {
        guard self.from > 0, self.from <= self.to else {
            throw ValidationError("M from \(self.from) to \(self.to) is no range: give --from 1 or more, --to no less")
        }
        guard self.threads > 0 else { throw ValidationError("--threads \(self.threads) is too few: give 1 or more") }
    }

    func run() async throws {
        guard let primesieve = Primesieve() else { throw MissingPeer() }
        let verification = Verification(
            ordinals: self.from...self.to,
            primesieve: primesieve,
            threads: self.threads
        )
        try self.check(SievingAnswers(), "sieving", by: verification)

        let needed = ResidentAnswers.memoryNeeded(upTo: self.to)
        guard let available = SystemMemory.available, needed < available else {
            self.say("resident: skipped, it needs \(ByteCount(needed)) of free memory")
            return
        }
        let resident = try await ResidentAnswers(upTo: self.to, workers: self.threads)
        try self.check(resident, "resident", by: verification)
    }

    /// Runs one pass and prints its verdict.
    private func check(_ answers: some PrimeAnswers, _ title: String, by verification: Verification) throws {
        let start = ContinuousClock.now
        let progress = ProgressLog(title: title, total: Int(self.to - self.from) + 1)
        switch verification.run(answers, progress: progress.add) {
        case .allRight(let tally):
            let time = TimeText(nanoseconds: (ContinuousClock.now - start).nanoseconds)
            self.say("\(title): all right, \(tally.primes) primes in \(tally.blocks) blocks, \(time)")
        case .wrong(let mismatch):
            self.say("\(title): wrong, \(mismatch)")
            throw ExitCode.failure
        }
    }

    /// Writes a line to stdout at once: a verdict must not wait in a buffer for the end of the next pass.
    private func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}

/// Says that there is nothing to check against.
struct MissingPeer: Error, CustomStringConvertible {
    let description = "libprimesieve is not installed: try 'apt-get install libprimesieve-dev'"
}

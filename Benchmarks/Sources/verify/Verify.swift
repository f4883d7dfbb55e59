import ArgumentParser
import Foundation
import Measurement
import NthPrime
import Peers
import Verification

/// The program: reads its options and runs two passes.
@main
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every answer of the index against libprimesieve.",
        discussion: """
            The first pass has nothing resident, so every look-up sieves. The second has all checked primes resident, and \
            looks them up in batches. Verdicts go to stdout, progress to stderr.
            Exit codes: 0 all answers right, 1 an answer wrong or libprimesieve not installed, 64 invalid options.
            """
    )

    @Option(help: "The first M, from 1.")
    var from: UInt32 = 1

    @Option(help: "The last M, up to 4294967295.")
    var to: UInt32 = PrimeIndex.lastOrdinal

    @Option(help: "Number of threads that check and fill.")
    var threads: Int = 2

    func validate() throws {
        guard self.from > 0, self.from <= self.to else {
            throw ValidationError("M from \(self.from) to \(self.to) is no range; use 1 <= --from <= --to")
        }
        guard self.threads > 0 else { throw ValidationError("--threads \(self.threads) is too few; use 1 or more") }
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
            self.say("resident: skipped because it needs \(ByteCount(needed)) of free memory")
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
            self.say("\(title): all answers right, \(tally.primes) primes in \(tally.blocks) blocks, \(time)")
        case .wrong(let mismatch):
            self.say("\(title): wrong answer, \(mismatch)")
            throw ExitCode.failure
        }
    }

    /// Writes a line to stdout without buffering, so that a verdict appears before the next pass ends.
    private func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}

/// libprimesieve, the source of the right answers, is not installed.
struct MissingPeer: Error, CustomStringConvertible {
    let description = "libprimesieve is not installed; try 'apt-get install libprimesieve-dev'"
}

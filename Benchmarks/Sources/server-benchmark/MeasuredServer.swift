import LoadGenerator
import NIOCore

/// A subject with its questions, which are prepared before the measurement.
struct MeasuredServer: Sendable {
    let subject: Subject
    /// Whether it is a peer, which has no options for memory and connections.
    private let isPeer: Bool
    private let benchmark: ServerBenchmark
    private let resident: Questions
    private let cold: Questions

    init(
        subject: Subject,
        isPeer: Bool,
        benchmark: ServerBenchmark,
        answer: (UInt32) -> UInt64
    ) throws {
        self.subject = subject
        self.isPeer = isPeer
        self.benchmark = benchmark
        self.resident = Questions(
            asking: try LoadCase.pipelined.ordinals.ordinals(count: 65_536),
            expecting: answer
        )
        self.cold = Questions(
            asking: try LoadCase.pipelinedCold.ordinals.ordinals(count: benchmark.coldSamples),
            expecting: answer
        )
    }

    /// Measures every case once, and adds the figures to the table.
    func measure(into table: inout ResultTable) async throws {
        for figure in try await self.subject.run(self.measureSpeed) {
            table.add(figure.value, figure.unit, in: figure.row, of: self.subject.name)
        }
        for figure in try await self.subject.run(adding: self.memoryOptions, self.measureMemory) {
            table.add(figure.value, figure.unit, in: figure.row, of: self.subject.name)
        }
    }

    private typealias Figure = (value: Double, unit: ResultTable.Unit, row: String)

    @Sendable
    private func measureSpeed(of server: ServerProcess) async throws -> [Figure] {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
        try await self.ask(LoadPlan(address: address, limit: .requests(1)), self.resident)
        let start = ContinuousClock.now - server.start
        try await server.settle()
        var figures: [Figure] = []
        for loadCase in LoadCase.allCases {
            let plan = try loadCase.plan(
                port: server.port,
                threads: self.benchmark.threads,
                duration: .seconds(self.benchmark.seconds)
            )
            let used = try server.processorTime()
            let report = try await self.ask(plan, loadCase == .pipelinedCold ? self.cold : self.resident)
            let cost = (try server.processorTime() - used) / Double(report.answers) * 1_000_000
            figures.append((report.rate, .perSecond, loadCase.rawValue))
            figures.append((cost, .microseconds, "\(loadCase.rawValue): the server's CPU time per answer"))
        }
        return figures + [(start / .milliseconds(1), .milliseconds, "start to first answer")]
    }

    @Sendable
    private func measureMemory(of server: ServerProcess) async throws -> [Figure] {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
        try await self.ask(LoadPlan(address: address, limit: .requests(1)), self.resident)
        try await server.settle()
        let idle = try server.residentMemory()
        let count = self.benchmark.idleConnections
        let connections = try IdleConnections(count: count, to: address, asking: self.resident)
        let full = try server.residentMemory()
        _ = consume connections
        return [
            (Double(idle), .bytes, "memory, idle"),
            (Double(full - idle) / Double(count), .bytes, "memory per idle connection"),
        ]
    }

    @discardableResult
    private func ask(_ plan: LoadPlan, _ questions: Questions) async throws -> LoadReport {
        let report = try await plan.run(asking: questions)
        guard report.isFlawless else { throw BenchmarkError("\(self.subject.name) failed:\n\(report)") }
        return report
    }

    /// Nothing resident, and a connection limit that is high enough to keep the idle connections open.
    ///
    /// From four fifths of the limit on, the server closes idle connections.
    private var memoryOptions: [String] {
        guard !self.isPeer else { return [] }
        return ["--memory", "0", "--max-connections", "\(self.benchmark.idleConnections * 3 / 2)"]
    }
}

import Foundation

/// What a published number must come with: machine and its load, commit, toolchain, date and command.
public struct Circumstances: Sendable {
    private let lines: [(name: String, value: String)]

    /// Looks around.
    ///
    /// - Parameter peers: What is measured against, with versions.
    public init(peers: [String]) {
        let processor = ProcFile(path: "/proc/cpuinfo")?["model name"] ?? "unknown processor"
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let load = ProcFile(path: "/proc/loadavg")?.text.split(separator: " ").first
        let memory = SystemMemory.installed.map { ", \(ByteCount($0)) of memory" } ?? ""
        self.lines = [
            ("machine", "\(processor), \(cores) cores\(memory)"),
            ("load", load.map { "\($0) (average of the minute before)" } ?? "unknown"),
            ("commit", Self.firstLine(of: ["git", "describe", "--always", "--dirty"]) ?? "unknown"),
            ("toolchain", Self.firstLine(of: ["swift", "--version"]) ?? "unknown"),
            ("peers", peers.isEmpty ? "none" : peers.joined(separator: ", ")),
            ("date", Date.now.formatted(.iso8601)),
            ("command", Self.command),
        ]
    }

    /// The command line, without the folder that the program lies in.
    private static var command: String {
        let arguments = CommandLine.arguments
        let program = arguments.first.map { URL(filePath: $0).lastPathComponent } ?? ""
        return ([program] + arguments.dropFirst()).joined(separator: " ")
    }

    /// Runs a program of the search path, and gives the first line that it prints if it succeeds.
    private static func firstLine(of command: [String]) -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil, let bytes = try? output.fileHandleForReading.readToEnd() else { return nil }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(bytes: bytes, encoding: .utf8)?.split(separator: "\n").first.map(String.init)
    }
}

extension Circumstances: CustomStringConvertible {
    /// A line for each, names in one column.
    public var description: String {
        self.lines.map { "\($0.name):".padding(toLength: 11, withPad: " ", startingAt: 0) + $0.value }
            .joined(separator: "\n")
    }
}

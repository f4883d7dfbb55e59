import PeerSupport
import Subprocess
import SystemPackage
import Testing

/// The files of the Docker image.
@Suite(.timeLimit(.minutes(1)))
struct PackagingTests {
    /// An instruction of a Dockerfile, such as `COPY`, and its arguments.
    struct Instruction {
        var name: String
        var words: [String]

        static func all(in dockerfile: String) -> [Instruction] {
            // Comments are dropped, and a line that ends with \\ is joined with the next.
            let lines = dockerfile.split(separator: "\n").filter { !$0.hasPrefix("#") }
            return lines.joined(separator: "\n").replacing("\\\n", with: " ").split(separator: "\n").map { line in
                let words = line.split(separator: " ").map(String.init)
                return Instruction(name: words[0], words: Array(words.dropFirst()))
            }
        }
    }

    static func dockerfile() throws -> [Instruction] {
        Instruction.all(in: try TextFile.read(Programs.repository.appending("Dockerfile")))
    }

    @Test
    func `the image is built in two stages, and does not run as root`() throws {
        let stages = try Self.dockerfile().filter { $0.name == "FROM" }
        try #require(stages.count == 2)
        #expect(stages[0].words[0].hasPrefix("swift:"))
        #expect(stages[1].words[0].hasSuffix(":nonroot"))
        #expect(try !Self.dockerfile().contains { $0.name == "USER" })
    }

    @Test
    func `every file that the image copies exists, and .dockerignore lets it through`() throws {
        let ignored = try TextFile.read(Programs.repository.appending(".dockerignore")).split(separator: "\n")
        let copies = try Self.dockerfile().filter { $0.name == "COPY" && !$0.words[0].hasPrefix("--from") }
        let sources = copies.flatMap { $0.words.dropLast() }
        #expect(Set(sources).isSuperset(of: ["Package.swift", "Sources", "server"]))
        for source in sources {
            #expect(ignored.contains("!\(source)"))
            // Throws if the file or folder does not exist.
            try FileDescriptor.open(Programs.repository.appending(source), .readOnly).close()
        }
    }

    /// The server receives the signal of `docker stop` only if it is process 1, not a child of a shell.
    @Test
    func `the server is the image's first process, and listens where the image says`() throws {
        let instructions = try Self.dockerfile()
        func words(_ name: String) -> [String]? { instructions.last { $0.name == name }?.words }
        let copied = try #require(words("COPY")).last
        #expect(words("ENTRYPOINT") == ["[\"\(copied ?? "")\"]"])
        let port = try #require(words("EXPOSE")).first ?? ""
        #expect(words("CMD") == ["[\"\(port)\"]"])
        #expect(try #require(words("STOPSIGNAL")) == ["SIGTERM"])
        #expect(try #require(words("HEALTHCHECK")).contains("[\"\(copied ?? "")\","))
        let compose = try TextFile.read(Programs.repository.appending("docker-compose.yml"))
        #expect(compose.contains(":\(port)\""))
        // `docker run --name server`, as in the README, takes that name.
        #expect(!compose.contains("container_name"))
    }
}

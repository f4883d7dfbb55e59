import ArgumentParser
import Measurement
import NthPrime

/// The memory budget of the filled index: a number of bytes, or `all` for the whole domain.
enum MemoryBudget: ExpressibleByArgument {
    case bytes(Int)
    case all

    /// 3.5 GB of bitmaps, their directories, and room for the rest of the program.
    private static let wholeDomain = 4_000_000_000

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let bytes = Int(argument), bytes > 0 {
            self = .bytes(bytes)
        } else {
            return nil
        }
    }

    /// Returns the budget that fits into free memory, and a remark if it is smaller than requested.
    ///
    /// - Parameter available: The free memory in bytes, if known.
    /// - Returns: The budget in bytes, `.max` for the whole domain.
    func fitted(into available: Int?) -> (bytes: Int, remark: String?) {
        switch self {
        case .bytes(let bytes): return (bytes, nil)
        case .all:
            guard let available, available < Self.wholeDomain else { return (.max, nil) }
            // A quarter stays free for other programs.
            let bytes = available / 4 * 3
            let remark = """
                the whole domain needs \(ByteCount(Self.wholeDomain)), only \(ByteCount(available)) are free; \
                using \(ByteCount(bytes))
                """
            return (bytes, remark)
        }
    }
}

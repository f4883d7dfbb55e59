/// The blocks into which the index divides the number line; the library does not publish their length.
public enum IndexBlock {
    /// The length of a block in numbers.
    ///
    /// No verdict on an answer depends on it: it groups the answers, and bounds the check of a filled index.
    public static let length: UInt64 = 30_720
}

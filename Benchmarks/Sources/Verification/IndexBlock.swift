/// The blocks that the checked index cuts the number line into.
public enum IndexBlock {
    /// How many numbers a block covers.
    ///
    /// No answer depends on it; it only says how answers are grouped here.
    public static let length: UInt64 = 30_720
}

internal import Prefetch

extension Span {
    /// Begins to fetch an element, and does not wait for it.
    ///
    /// An index beyond the end does no harm: nothing is read.
    @inline(__always)
    func prefetch(_ index: Int) {
        unsafe self.withUnsafeBufferPointer { elements in
            guard let first = elements.baseAddress else { return }
            unsafe Prefetch.prefetch(first + index)
        }
    }
}

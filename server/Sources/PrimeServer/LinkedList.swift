/// Elements in the order in which they came to rest; each may leave from anywhere.
package struct LinkedList<Element> {
    /// Where an element is, for as long as it is there.
    package struct Position: Sendable {
        fileprivate let index: Int32
    }

    /// A doubly linked list in an array: neighbours are known by their index.
    private struct Slot {
        var element: Element?
        var previous: Int32
        var next: Int32
    }

    private static var none: Int32 { -1 }

    private var slots: [Slot] = []
    private var firstIndex = Self.none
    private var lastIndex = Self.none
    /// The first of the slots that are free; each tells the next.
    private var freeIndex = Self.none

    /// Nobody rests yet.
    package init() {}

    /// Who has rested longest.
    package var first: Element? { self.firstIndex == Self.none ? nil : self.slots[Int(self.firstIndex)].element }

    /// Puts an element at the end.
    ///
    /// - Returns: Its place, for ``remove(at:)``.
    /// - Complexity: O(1).
    package mutating func append(_ element: Element) -> Position {
        let slot = Slot(element: element, previous: self.lastIndex, next: Self.none)
        let index: Int32
        if self.freeIndex == Self.none {
            index = Int32(self.slots.count)
            self.slots.append(slot)
        } else {
            index = self.freeIndex
            self.freeIndex = self.slots[Int(index)].next
            self.slots[Int(index)] = slot
        }
        self.link(self.lastIndex, to: index)
        self.lastIndex = index
        return Position(index: index)
    }

    /// Takes an element out.
    ///
    /// - Complexity: O(1).
    package mutating func remove(at position: Position) {
        let slot = self.slots[Int(position.index)]
        precondition(slot.element != nil, "nobody rests at \(position.index)")
        self.link(slot.previous, to: slot.next)
        if slot.next == Self.none { self.lastIndex = slot.previous }
        self.slots[Int(position.index)] = Slot(element: nil, previous: Self.none, next: self.freeIndex)
        self.freeIndex = position.index
    }

    private mutating func link(_ previous: Int32, to next: Int32) {
        if previous == Self.none { self.firstIndex = next } else { self.slots[Int(previous)].next = next }
        if next != Self.none { self.slots[Int(next)].previous = previous }
    }
}

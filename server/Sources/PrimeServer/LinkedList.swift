/// A doubly linked list of elements, each of which can be removed from anywhere by its position.
package struct LinkedList<Element> {
    /// The position of an element, valid until its removal.
    package struct Position: Sendable {
        fileprivate let index: Int32
    }

    /// An element with the indices of its neighbours in the array of slots.
    private struct Slot {
        var element: Element?
        var previous: Int32
        var next: Int32
    }

    private static var none: Int32 { -1 }

    private var slots: [Slot] = []
    private var firstIndex = Self.none
    private var lastIndex = Self.none
    /// The first of the free slots, which are linked by `next`.
    private var freeIndex = Self.none

    /// Makes an empty list.
    package init() {}

    /// The element that was appended first of those in the list.
    package var first: Element? { self.firstIndex == Self.none ? nil : self.slots[Int(self.firstIndex)].element }

    /// Appends an element.
    ///
    /// - Returns: Its position, for ``remove(at:)``.
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

    /// Removes an element.
    ///
    /// - Complexity: O(1).
    package mutating func remove(at position: Position) {
        let slot = self.slots[Int(position.index)]
        precondition(slot.element != nil, "the list has no element at \(position.index)")
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

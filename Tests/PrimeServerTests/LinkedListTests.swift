import PrimeServer
import Testing

@Suite
struct LinkedListTests {
    @Test
    func `the first element is the one that was appended first, until its removal`() {
        var list = LinkedList<String>()
        #expect(list.first == nil)
        let positions = ["a", "b", "c"].map { list.append($0) }
        #expect(list.first == "a")
        list.remove(at: positions[1])
        list.remove(at: positions[0])
        #expect(list.first == "c")
        list.remove(at: positions[2])
        #expect(list.first == nil)
    }

    @Test
    func `random appends and removals leave the same order as in an array`() {
        var random = SystemRandomNumberGenerator()
        var list = LinkedList<Int>()
        var expected: [(element: Int, position: LinkedList<Int>.Position)] = []
        for element in 0..<10_000 {
            if Bool.random(using: &random) || expected.isEmpty {
                expected.append((element, list.append(element)))
            } else {
                list.remove(at: expected.remove(at: .random(in: expected.indices, using: &random)).position)
            }
            #expect(list.first == expected.first?.element)
        }
        for (element, position) in expected {
            #expect(list.first == element)
            list.remove(at: position)
        }
        #expect(list.first == nil)
    }
}

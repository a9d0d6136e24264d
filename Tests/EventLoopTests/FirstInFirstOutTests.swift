// The queue that other rooms keep their order in, against an array.

import EventLoop
import Testing

@Suite struct FirstInFirstOutTests {
  @Test func `first in, first out, through growth, prepending and removal`() {
    var queue = FirstInFirstOut<Int>()
    var model: [Int] = []
    for step in 0..<2_000 {
      switch step % 7 {
      case 0, 1, 2, 5:
        queue.append(step)
        model.append(step)
      case 3, 4: #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
      default:
        queue.prepend([step, -step])
        model = [step, -step] + model
        queue.prepend(step + 1)
        model.insert(step + 1, at: 0)
        if step % 5 == 0 {
          #expect(queue.removeAll { $0 % 3 == 0 } == model.filter { $0 % 3 == 0 })
          model.removeAll { $0 % 3 == 0 }
        }
      }
      #expect(queue.count == model.count)
      #expect(queue.first == model.first)
      #expect(model.indices.allSatisfy { queue[$0] == model[$0] })
      #expect(queue.prefix(3) == Array(model.prefix(3)))
    }
    #expect(queue.takeAll() == model)
    #expect(queue.isEmpty)
  }

  @Test func `what was taken is let go of`() {
    final class Thing {}
    var queue = FirstInFirstOut<Thing>()
    queue.append(Thing())
    queue.append(Thing())
    weak let taken = queue.popFirst()
    #expect(taken == nil)
    #expect(queue.count == 1)
  }
}

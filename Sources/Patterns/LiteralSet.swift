// Many literal texts at once: where they stand in a text, in one walk.

/// A set of byte strings that are looked for together (Aho and Corasick's automaton).
///
/// The walk takes time proportional to the text and to what is found, however many literals there are. It takes about
/// 30 bytes for each byte of the literals. Empty literals are never found. Of literals that stand twice, the first is
/// found.
package struct LiteralSet: Sendable {
  /// One place where a literal stands.
  package struct Occurrence: Hashable, Sendable {
    /// Which literal, counted as they were given.
    package let literal: Int
    /// The bytes of the text.
    package let range: Range<Int>

    package init(literal: Int, range: Range<Int>) { (self.literal, self.range) = (literal, range) }
  }

  /// How many literals were given.
  package let count: Int
  private var lengths: [Int32]

  // The states in order of depth; state 0 is the beginning, from which every byte leads somewhere.
  private var rootTargets: [Int32]
  private var firstEdges: [Int32] = []
  private var edgeBytes: [UInt8] = []
  private var edgeTargets: [Int32] = []
  /// The state of the longest proper suffix that is a prefix of some literal.
  private var fallbacks: [Int32] = []
  /// The literal that ends here, or -1.
  private var outputs: [Int32] = []
  /// The nearest state along the fallbacks where a literal ends, or -1.
  private var outputLinks: [Int32] = []

  package init(_ literals: [[UInt8]]) {
    count = literals.count
    lengths = literals.map { Int32($0.count) }
    rootTargets = Array(repeating: 0, count: 256)
    flatten(Self.tree(of: literals))
    link()
  }

  /// A set of texts by their UTF-8.
  package init(_ literals: [String]) { self.init(literals.map { Array($0.utf8) }) }

  private struct Node {
    var edges: [(byte: UInt8, target: Int)] = []
    var output: Int32 = -1
  }

  private static func tree(of literals: [[UInt8]]) -> [Node] {
    var nodes = [Node()]
    for (number, literal) in literals.enumerated() where !literal.isEmpty {
      var node = 0
      for byte in literal {
        if let edge = nodes[node].edges.first(where: { $0.byte == byte }) {
          node = edge.target
        } else {
          nodes[node].edges.append((byte, nodes.count))
          node = nodes.count
          nodes.append(Node())
        }
      }
      if nodes[node].output < 0 { nodes[node].output = Int32(number) }
    }
    return nodes
  }

  /// Lays the tree out breadth first, so that a fallback always has a smaller number than its state.
  private mutating func flatten(_ nodes: [Node]) {
    var order = [0]
    var numbers = [Int32](repeating: 0, count: nodes.count)
    var next = 0
    while next < order.count {
      let node = order[next]
      firstEdges.append(Int32(edgeBytes.count))
      outputs.append(nodes[node].output)
      for edge in nodes[node].edges.sorted(by: { $0.byte < $1.byte }) {
        numbers[edge.target] = Int32(order.count)
        order.append(edge.target)
        edgeBytes.append(edge.byte)
        edgeTargets.append(numbers[edge.target])
        if node == 0 { rootTargets[Int(edge.byte)] = numbers[edge.target] }
      }
      next += 1
    }
    firstEdges.append(Int32(edgeBytes.count))
  }

  private mutating func link() {
    let states = outputs.count
    fallbacks = Array(repeating: 0, count: states)
    outputLinks = Array(repeating: -1, count: states)
    for state in 0..<states {
      for edge in Int(firstEdges[state])..<Int(firstEdges[state + 1]) {
        let target = Int(edgeTargets[edge])
        if state != 0 { fallbacks[target] = Int32(step(from: Int(fallbacks[state]), edgeBytes[edge])) }
        let fallback = Int(fallbacks[target])
        outputLinks[target] = outputs[fallback] >= 0 ? Int32(fallback) : outputLinks[fallback]
      }
    }
  }

  @inline(__always)
  private func step(from start: Int, _ byte: UInt8) -> Int {
    var state = start
    while state != 0 {
      var edge = Int(firstEdges[state])
      let end = Int(firstEdges[state + 1])
      while edge < end {
        if edgeBytes[edge] == byte { return Int(edgeTargets[edge]) }
        edge += 1
      }
      state = Int(fallbacks[state])
    }
    return Int(rootTargets[Int(byte)])
  }

  /// Calls `body` for every place where a literal ends, from the left, longer ones first.
  package func forEachOccurrence(in text: borrowing Span<UInt8>, _ body: (Occurrence) -> Void) {
    guard outputs.count > 1 else { return }
    var state = 0
    for index in 0..<text.count {
      state = step(from: state, text[index])
      var hit = outputs[state] >= 0 ? state : Int(outputLinks[state])
      while hit > 0 {
        let literal = Int(outputs[hit])
        body(Occurrence(literal: literal, range: (index + 1 - Int(lengths[literal]))..<(index + 1)))
        hit = Int(outputLinks[hit])
      }
    }
  }

  /// The numbers of the literals that stand anywhere in the text, each once, in no order.
  package func found(in text: borrowing Span<UInt8>) -> [Int32] {
    guard outputs.count > 1 else { return [] }
    var found: [Int32] = []
    var isSeen = [Bool](repeating: false, count: outputs.count)
    var state = 0
    for index in 0..<text.count {
      state = step(from: state, text[index])
      var hit = outputs[state] >= 0 ? state : Int(outputLinks[state])
      // What lies behind a state that was seen was seen with it.
      while hit > 0, !isSeen[hit] {
        isSeen[hit] = true
        found.append(outputs[hit])
        hit = Int(outputLinks[hit])
      }
    }
    return found
  }
}

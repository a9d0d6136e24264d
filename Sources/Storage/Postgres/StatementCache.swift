// Which statements a connection has prepared: bounded, least recently used first out.

internal import SQL

/// A named statement on one connection. Belongs to the loop of its connection.
final class PreparedStatement {
  let name: String
  let text: String
  /// The types the parameters were declared with; 0 where the first value was NULL and the server inferred one.
  let types: [UInt32]
  let kind: StatementKind
  /// Whether the server has said that it knows the statement. Before that, its failure is possible.
  var isConfirmed = false
  /// The columns of its result, the same for each run; nil before the first.
  var columns: ResultColumns?
  fileprivate var lastUse = 0

  init(name: String, text: String, types: [UInt32], kind: StatementKind) {
    (self.name, self.text, self.types, self.kind) = (name, text, types, kind)
  }

  /// Whether values of these kinds can be bound: NULL fits every type.
  fileprivate func accepts(_ parameters: [SQLValue]) -> Bool {
    guard types.count == parameters.count else { return false }
    for (type, parameter) in zip(types, parameters) {
      let wanted = ParameterEncoder.type(of: parameter)
      guard wanted == 0 || wanted == type else { return false }
    }
    return true
  }
}

/// Names and types of a result's columns; the names' array is shared by all rows.
struct ResultColumns {
  let names: [String]
  let types: [UInt32]
}

/// The prepared statements of one connection, by text and parameter types.
struct StatementCache {
  enum Choice {
    /// The server knows it.
    case ready(PreparedStatement)
    /// New: send it to be prepared, then run it.
    case prepare(PreparedStatement)
    /// Run it without a name: another request's preparation of it is still under way and may fail, or it is
    /// of a kind that is not worth keeping.
    case unnamed
  }

  private let capacity: Int
  private var statements: [String: [PreparedStatement]] = [:]
  private var count = 0
  private var clock = 0
  /// Names the server may forget.
  private(set) var evicted: [String] = []

  init(capacity: Int) {
    self.capacity = capacity
  }

  mutating func choose(for statement: SQL) -> Choice {
    clock += 1
    if let variants = statements[statement.text],
      let known = variants.first(where: { $0.accepts(statement.parameters) })
    {
      known.lastUse = clock
      return known.isConfirmed ? .ready(known) : .unnamed
    }
    let kind = StatementKind(statement.text)
    guard kind == .query, capacity > 0 else { return .unnamed }
    if count >= capacity { evictOldest() }
    let new = PreparedStatement(
      name: "g\(clock)", text: statement.text,
      types: statement.parameters.map { ParameterEncoder.type(of: $0) },
      kind: kind)
    new.lastUse = clock
    statements[statement.text, default: []].append(new)
    count += 1
    return .prepare(new)
  }

  /// Forgets a statement whose preparation failed or whose plan is stale.
  mutating func forget(_ statement: PreparedStatement) {
    guard var variants = statements[statement.text],
      let index = variants.firstIndex(where: { $0 === statement })
    else { return }
    variants.remove(at: index)
    statements[statement.text] = variants.isEmpty ? nil : variants
    count -= 1
    if statement.isConfirmed { evicted.append(statement.name) }
  }

  mutating func takeEvicted() -> [String] {
    defer { evicted = [] }
    return evicted
  }

  /// O(n); runs only when a full cache meets a new statement, which costs the server far more.
  private mutating func evictOldest() {
    let oldest = statements.values.lazy.joined().min { $0.lastUse < $1.lastUse }
    guard let oldest else { return }
    // One that is not confirmed yet is deallocated after its preparation all the same; should that have failed,
    // deallocating fails harmlessly.
    if !oldest.isConfirmed { evicted.append(oldest.name) }
    forget(oldest)
  }
}

// The prepared statements of one connection, the least recently used thrown out.

/// A bounded map from text to prepared statement. Confined to its connection's thread.
struct StatementCache {
  private let limit: Int
  private var statements: [String: Statement] = [:]
  private var uses: UInt64 = 0

  init(limit: Int) {
    self.limit = max(1, limit)
  }

  var count: Int { statements.count }

  /// The statement kept for a text, if any.
  mutating func find(_ text: String) -> Statement? {
    guard let statement = statements[text] else { return nil }
    uses += 1
    statement.lastUse = uses
    return statement
  }

  /// Keeps a statement; the one that was not used for longest goes. Costs a walk over the cache when full.
  mutating func insert(_ statement: Statement, for text: String) {
    if statements.count >= limit, let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      statements[oldest.key] = nil
    }
    uses += 1
    statement.lastUse = uses
    statements[text] = statement
  }

  /// Finalises all.
  mutating func removeAll() {
    statements = [:]
  }
}

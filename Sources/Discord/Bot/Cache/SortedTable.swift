// A small table kept as an array sorted by key: compact, and quick up to some hundreds of rows.

/// Something with a key to be found by.
protocol Keyed {
  associatedtype Key: Comparable
  var key: Key { get }
}

/// Rows in the order of their keys. A guild has at most 500 channels, 250 roles and 250 emojis.
struct SortedTable<Row: Keyed & Sendable>: Sendable {
  private(set) var rows: [Row]

  init() { rows = [] }

  /// Of two rows with one key the later counts.
  init(_ unsorted: [Row]) {
    rows = unsorted
    rows.sort { $0.key < $1.key }
    let hasDoubles = zip(rows, rows.dropFirst()).contains { $0.key == $1.key }
    guard hasDoubles else { return }
    var unique: [Row] = []
    for row in rows {
      if unique.last?.key == row.key { unique.removeLast() }
      unique.append(row)
    }
    rows = unique
  }

  var count: Int { rows.count }

  subscript(key: Row.Key) -> Row? {
    let index = place(of: key)
    return index < rows.count && rows[index].key == key ? rows[index] : nil
  }

  /// Adds the row, or puts it in the place of the one with its key.
  mutating func set(_ row: Row) {
    let index = place(of: row.key)
    if index < rows.count, rows[index].key == row.key {
      rows[index] = row
    } else {
      rows.insert(row, at: index)
    }
  }

  /// - Returns: whether there was such a row.
  @discardableResult
  mutating func remove(_ key: Row.Key) -> Bool {
    let index = place(of: key)
    guard index < rows.count, rows[index].key == key else { return false }
    rows.remove(at: index)
    return true
  }

  mutating func removeAll(where isUnwanted: (Row) -> Bool) { rows.removeAll(where: isUnwanted) }

  /// The first place whose key is not smaller.
  private func place(of key: Row.Key) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

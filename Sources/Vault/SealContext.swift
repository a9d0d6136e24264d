// Where a sealed value belongs; anywhere else it does not open.

/// The place of a sealed value. It is authenticated with the value and not stored with it, so a value copied to
/// another tenant, table, column or row is refused.
///
///     let context = SealContext(tenant: "80351110224678912", table: "bot", column: "token", row: "7")
///
/// Encoding happens here, once: keep a context that is used often.
package struct SealContext: Sendable, Hashable {
  /// The associated data: a label, then each part with its length before it, so that no two places encode alike.
  let encoded: [UInt8]

  /// The place of a value.
  ///
  /// `tenant` is the guild's id as text, or a constant for what belongs to the platform.
  /// `row` is the row's key as text. Without one, values may be swapped between rows of the same column; that is
  /// right only where the key is not known when the value is sealed.
  package init(tenant: String, table: String, column: String, row: String? = nil) {
    var data = AssociatedData(label: "guildhall.column.1")
    data.append(tenant)
    data.append(table)
    data.append(column)
    if let row { data.append(row) }
    encoded = data.bytes
  }
}

/// Unambiguous associated data: parts, each with its length in front.
struct AssociatedData {
  private(set) var bytes: [UInt8] = []

  init(label: StaticString) {
    append("\(label)")
  }

  mutating func append(_ part: String) {
    let count = UInt32(clamping: part.utf8.count)
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
    bytes.append(contentsOf: part.utf8)
  }
}

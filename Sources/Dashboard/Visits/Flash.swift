// A sentence that a form leaves for the page it leads to.

import HTML
import HTTPServer
import Vault

/// What was done, told once by the next page. It travels in a cookie, and so in anybody's hands: it names a sentence of
/// the catalog and values that are shown as text.
struct Flash: Sendable, Equatable {
  static let cookie = "flash"

  let tone: Tone
  /// The key in the catalog, below `flash.`.
  let key: String
  let values: [String: String]

  init(_ tone: Tone, _ key: String, _ values: [String: String] = [:]) {
    (self.tone, self.key, self.values) = (tone, key, values)
  }

  /// The cookie's value.
  var encoded: String {
    var fields = [tone.rawValue, key]
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      fields += [name, String(value.prefix(300))]
    }
    return Base64URL.encode(Array(fields.joined(separator: "\n").utf8))
  }

  /// nil for what is no such value.
  init?(encoded: String) {
    guard encoded.utf8.count <= 2_048, let bytes = Base64URL.decode(encoded),
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    let fields = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard fields.count >= 2, fields.count % 2 == 0, let tone = Tone(rawValue: fields[0]) else { return nil }
    var values: [String: String] = [:]
    for index in stride(from: 2, to: fields.count, by: 2) { values[fields[index]] = fields[index + 1] }
    self.init(tone, fields[1], values)
  }
}

// Sentences in one language, found by key.

/// Sentences by key. Placeholders are written `{name}`.
package struct StringCatalog: Sendable {
  /// BCP 47.
  package let language: String
  private let sentences: [String: String]

  package init(language: String, sentences: [String: String]) {
    self.language = language
    self.sentences = sentences
  }

  /// The sentence of a key. A key that is missing is shown between double brackets, where a test and every reader
  /// will find it.
  package subscript(_ key: StaticString) -> String { self[dynamic: key.description] }

  /// The sentence of a key that is made at run time, as `settings.<field>`.
  package subscript(dynamic key: String) -> String { sentences[key] ?? "⟦\(key)⟧" }

  /// The sentence of a key; nil when there is none.
  package func sentence(_ key: String) -> String? { sentences[key] }

  /// The sentence of a key with its placeholders replaced. The result is text, not markup.
  package func callAsFunction(_ key: StaticString, _ values: KeyValuePairs<StaticString, String>) -> String {
    fill(self[key]) { name in values.first { $0.key.description == name }?.value }
  }

  /// The same with a key and names that are made at run time.
  package func callAsFunction(dynamic key: String, _ values: [String: String] = [:]) -> String {
    fill(self[dynamic: key]) { values[String($0)] }
  }

  /// This catalog, and for keys that it does not have the other's sentences.
  package func completed(by other: StringCatalog) -> StringCatalog {
    StringCatalog(language: language, sentences: sentences.merging(other.sentences) { own, _ in own })
  }

  /// Every key, for tests that look for unused ones.
  package var keys: Set<String> { Set(sentences.keys) }

  private func fill(_ sentence: String, _ value: (Substring) -> String?) -> String {
    var result = ""
    var rest = sentence[...]
    // One pass, so that a value that looks like a placeholder stays a value.
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      result += rest[..<start]
      result += value(rest[rest.index(after: start)..<end]) ?? String(rest[start...end])
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}

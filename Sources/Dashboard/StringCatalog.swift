// The sentences of the dashboard in one language, found by key.

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
  package subscript(_ key: StaticString) -> String {
    sentences[key.description] ?? "⟦\(key)⟧"
  }

  /// The sentence of a key with its placeholders replaced. The result is text, not markup.
  package func callAsFunction(_ key: StaticString, _ values: KeyValuePairs<StaticString, String>) -> String {
    var result = ""
    var rest = self[key][...]
    // One pass, so that a value that looks like a placeholder stays a value.
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      result += rest[..<start]
      let name = rest[rest.index(after: start)..<end]
      result += values.first { $0.key.description == name }?.value ?? String(rest[start...end])
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// Every key, for tests that look for unused ones.
  package var keys: Set<String> { Set(sentences.keys) }
}

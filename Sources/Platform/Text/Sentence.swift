// Something to say to a person, before it is known in which language.

package import Resources

/// A sentence by its key in the string catalog, with what goes into its placeholders.
///
/// Text for people is made at the last moment: `Sentence("bot.crash.tokenRejected")` is what travels and is stored.
package struct Sentence: Hashable, Sendable {
  /// As `bot.crash.tokenRejected`.
  package let key: String
  /// By the placeholder's name, written `{name}` in the catalog. Never a secret.
  package let values: [String: String]

  package init(_ key: String, _ values: [String: String] = [:]) { (self.key, self.values) = (key, values) }

  /// The sentence in the catalog's language: text, not markup.
  package func text(in catalog: StringCatalog) -> String { catalog(dynamic: key, values) }
}

extension Sentence: CustomStringConvertible {
  /// The key: for logs.
  package var description: String { key }
}

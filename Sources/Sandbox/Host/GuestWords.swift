// What a plugin may do, in plain words: the catalog of this room has the sentences.

package import PlatformText
package import SandboxContract

extension GuestCapability {
  /// What it is.
  package var title: Sentence { Sentence("sandbox.capability.\(rawValue)") }
  /// What exactly it lets a plugin do.
  package var help: Sentence { Sentence("sandbox.capability.\(rawValue).help") }
}

extension GuestCapability.Tier {
  /// How much harm it can do, in a word.
  package var title: Sentence { Sentence("sandbox.tier.\(self)") }
}

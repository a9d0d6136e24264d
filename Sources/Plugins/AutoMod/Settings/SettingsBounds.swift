// How much of everything a server may set. All of it comes from memory: there are no tiers.

import Patterns
import PlatformSettings

/// The ceilings of lists in the settings.
package enum SettingsBounds {
  /// Rules of a server's own. A rule without words takes about half a kilobyte.
  package static let rules = 10_000
  /// Words in one list; each takes about 30 bytes for each of its letters.
  package static let words = 20_000
  /// Regular expressions in all rules together: what the memory of one set allows.
  package static let patterns = PatternSet.maximumCount()
  /// Domains in one list.
  package static let domains = 20_000
  /// Roles or channels in one list of exemptions.
  package static let exemptions = 250
}

extension SettingsCodec where Value == String {
  /// A word, a phrase, or one with `*` in it.
  static let word = SettingsCodec.text(1...100)
  /// A host name.
  static let domain = SettingsCodec.text(3...253)
  /// A regular expression of RE2's dialect.
  static let pattern = SettingsCodec.text(1...500)
}

extension [SettingsProblem] {
  /// Notes every pattern that cannot be compiled, with the key of its sentence (`pattern.<code>`).
  mutating func checkPatterns(_ patterns: [String], at path: SettingsPath) {
    for (index, source) in patterns.enumerated() {
      do throws(PatternError) { _ = try Pattern(source) } catch {
        append(
          SettingsProblem(
            path.element(index), .rule,
            ["rule": "pattern.\(error.code)", "fragment": error.fragment]))
      }
    }
  }
}

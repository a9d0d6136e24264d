// Patterns of the purge: regular expressions that are matched in linear time.

import Patterns
import PlatformPlugins

/// A regular expression that is looked for in messages, case or not.
struct PurgePattern: Sendable {
  private let pattern: Pattern

  /// - Throws: `Refusal` for what is no pattern, is too large, or is found in every text.
  init(_ text: String) throws {
    let pattern: Pattern
    do throws(PatternError) {
      pattern = try Pattern(text)
    } catch {
      throw Refusal("purge.refusal.pattern", ["problem": error.description])
    }
    guard !pattern.isFound(in: "") else { throw Refusal("purge.refusal.everything") }
    self.pattern = pattern
  }

  func matches(_ text: String) -> Bool { pattern.isFound(in: text) }
}

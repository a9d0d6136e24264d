// Heat: what each signal adds to a member, how it cools, and what happens at the limit.

package import PlatformSettings

/// A score per member: everything noticeable adds to it, time takes it away.
package struct HeatSettings: SettingsRecord {
  package var isOn = true
  /// At this heat the response follows.
  package var limit = 100
  /// How much heat goes in a second.
  package var decayPerSecond = 4.0
  /// After a response no other follows for so long.
  package var coolDown: Duration = .seconds(30)
  /// Weights: what each adds.
  package var message = 8
  package var mention = 10
  package var link = 12
  package var attachment = 10
  package var emoji = 2
  /// For each line after the third.
  package var line = 2
  /// For a text that is mostly in capitals.
  package var capitals = 10
  /// For a text that the member has sent before within half a minute.
  package var repetition = 20
  package var response = FilterResponse([.log, .delete, .timeout], timeout: .seconds(600), points: 2)

  package init() {}

  private static let weights = 0...1_000

  package static let fields = SettingsFields<HeatSettings>(
    .init("isOn", \.isOn, .toggle),
    .init("limit", \.limit, .integer(10...10_000)),
    .init("decayPerSecond", \.decayPerSecond, .number(0.01...1_000)),
    .init("coolDown", \.coolDown, .duration(.seconds(0)...(.seconds(3_600)))),
    .init("message", \.message, .integer(weights)),
    .init("mention", \.mention, .integer(weights)),
    .init("link", \.link, .integer(weights)),
    .init("attachment", \.attachment, .integer(weights)),
    .init("emoji", \.emoji, .integer(weights)),
    .init("line", \.line, .integer(weights)),
    .init("capitals", \.capitals, .integer(weights)),
    .init("repetition", \.repetition, .integer(weights)),
    .init("response", \.response, .record()))
}

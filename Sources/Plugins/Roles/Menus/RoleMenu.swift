// A role menu: one model, whether it is shown as buttons, as a menu of choices or as reactions.

import DiscordCore
import DiscordModels
import JSON
import PlatformSettings

/// How a menu is shown.
enum MenuStyle: String, Hashable, Sendable, CaseIterable {
  case buttons, select, reactions

  /// How many options fit into one message.
  var maximumOptions: Int {
    switch self {
    case .buttons: 25
    // Five rows, each a menu of 25 choices.
    case .select: 125
    case .reactions: 20
    }
  }
}

/// What picking an option does.
enum MenuMode: String, Hashable, Sendable, CaseIterable {
  /// Gives what one does not have and takes what one has.
  case toggle
  /// Only gives: for verification.
  case give
  /// Only takes.
  case take
  /// One option at a time: picking another takes the one before.
  case unique
  /// At most so many options at a time.
  case limited
  /// Once and for ever: the first pick stays, and there is no second.
  case binding
}

/// Something to pick.
struct RoleOption: SettingsRecord, Hashable {
  /// Tells the options of a menu apart; never used again in the same menu.
  var id = 0
  /// All are given and taken together.
  var roles: [RoleID] = []
  var label = ""
  var description: String?
  var emoji: EmojiReference?
  /// How long the roles are kept; nil for good.
  var duration: Duration?
  /// Somebody who may decided that these roles are offered although they carry power.
  var isRiskAccepted = false

  init() {}

  init(id: Int, roles: [RoleID], label: String = "", emoji: EmojiReference? = nil) {
    (self.id, self.roles, self.label, self.emoji) = (id, roles, label, emoji)
  }

  static let durations: ClosedRange<Duration> = .seconds(60)...(.seconds(365 * 86_400))

  static let fields = SettingsFields<RoleOption>(
    .init("id", \.id, .integer(1...100_000)),
    .init("roles", \.roles, .unique(.role, 1...5)),
    .init("label", \.label, .text(0...80)),
    .init("description", \.description, .optional(.text(1...100))),
    .init("emoji", \.emoji, .optional(.emoji)),
    .init("duration", \.duration, .optional(.duration(durations))),
    .init("isRiskAccepted", \.isRiskAccepted, .toggle))
}

/// A menu as it is set up; where it is published is the store's to know.
///
/// It is stored as the document its fields make, and what changes in it is audited as their difference.
struct RoleMenu: PluginSettings, Hashable {
  var title = ""
  var text = ""
  var color: SettingsColor?
  var style = MenuStyle.buttons
  var mode = MenuMode.toggle
  /// How many options one may have at a time, where the mode is `limited`.
  var limit = 1
  /// Whoever has none of these gets nothing; empty for everybody.
  var required: [RoleID] = []
  /// Whoever has one of these gets nothing.
  var forbidden: [RoleID] = []
  var options: [RoleOption] = []
  /// The highest id an option ever had.
  var lastOption = 0

  init() {}

  static let fields = SettingsFields<RoleMenu>(
    .init("title", \.title, .text(1...256)),
    .init("text", \.text, .text(0...2_000, isMultiline: true)),
    .init("color", \.color, .optional(.color)),
    .init("style", \.style, .choice),
    .init("mode", \.mode, .choice),
    .init("limit", \.limit, .integer(1...125), when: SettingsCondition("mode", is: "limited")),
    .init("required", \.required, .unique(.role, 0...20)),
    .init("forbidden", \.forbidden, .unique(.role, 0...20)),
    .init("options", \.options, .list(.record(), 0...125)),
    .init("lastOption", \.lastOption, .integer(0...100_000)))

  func option(_ id: Int) -> RoleOption? { options.first { $0.id == id } }

  /// The option that an emoji of a reaction stands for.
  func option(_ emoji: EmojiReference) -> RoleOption? {
    options.first { option in
      guard let own = option.emoji else { return false }
      return own.id == nil ? own.id == emoji.id && own.name == emoji.name : own.id == emoji.id
    }
  }

  /// All roles that can be picked in it.
  var offered: Set<RoleID> { Set(options.flatMap(\.roles)) }

  /// Adds an option under a new id.
  mutating func add(_ option: RoleOption) {
    var option = option
    lastOption += 1
    option.id = lastOption
    options.append(option)
  }
}

extension SettingsCodec where Value == EmojiReference {
  /// As it stands in a message's text.
  static let emoji = SettingsCodec(
    .text(SettingsTextRules(lengths: 1...100)), encode: { .string($0.mention) }
  ) { json, path, problems in
    if let text = json.string, let emoji = EmojiReference(typed: text) { return emoji }
    problems.append(SettingsProblem(path, .wrongType, ["due": "an emoji"]))
    return nil
  }
}

/// A menu and where it is.
struct StoredMenu: Hashable, Sendable {
  let id: Int64
  var menu: RoleMenu
  /// The message it is published in; nil for a draft.
  var place: MenuPlace?
  /// Its message was deleted by hand.
  var isMissing = false

  init(id: Int64, menu: RoleMenu, place: MenuPlace? = nil, isMissing: Bool = false) {
    (self.id, self.menu, self.place, self.isMissing) = (id, menu, place, isMissing)
  }
}

/// A message.
struct MenuPlace: Hashable, Sendable {
  let channel: ChannelID
  let message: MessageID

  init(channel: ChannelID, message: MessageID) { (self.channel, self.message) = (channel, message) }
}

// What a settings form can offer of a server: its channels and roles by name, and people it happens to know.

package import DiscordCore

/// The things of one server that settings may name. Plain values: the page reads them once.
package struct GuildChoices: Sendable {
  /// A channel, thread or category.
  package struct Channel: Sendable, Hashable {
    package let id: ChannelID
    package let name: String
    /// Discord's number: 0 text, 2 voice, 4 category, 5 announcements.
    package let type: Int
    /// The category it stands in.
    package let category: ChannelID?

    package init(_ id: ChannelID, name: String, type: Int, category: ChannelID? = nil) {
      (self.id, self.name, self.type, self.category) = (id, name, type, category)
    }

    /// Whether it groups others.
    var isCategory: Bool { type == 4 }
    /// As people write it: `#general`, and voice channels and categories by name alone.
    var title: String { [2, 4, 13, 14].contains(type) ? name : "#\(name)" }
  }

  /// A role.
  package struct Role: Sendable, Hashable {
    package let id: RoleID
    package let name: String
    /// 24 bits of red, green and blue; 0 when it has none.
    package let color: UInt32
    /// Its place among the roles; a higher one stands above.
    package let position: Int
    /// Whether it belongs to a bot, an integration or the boosters, so that nobody can give it.
    package let isManaged: Bool
    /// Whether the bot may give and take it.
    package let isGivable: Bool

    package init(
      _ id: RoleID, name: String, color: UInt32 = 0, position: Int = 0, isManaged: Bool = false,
      isGivable: Bool = true
    ) {
      (self.id, self.name, self.color, self.position) = (id, name, color, position)
      (self.isManaged, self.isGivable) = (isManaged, isGivable)
    }
  }

  /// In the order of the server's list.
  package let channels: [Channel]
  /// The highest first.
  package let roles: [Role]
  /// Names of people who may stand in the settings; the others are shown by id.
  package let people: [UserID: String]

  private let channelNames: [ChannelID: String]
  private let roleNames: [RoleID: String]

  package init(channels: [Channel] = [], roles: [Role] = [], people: [UserID: String] = [:]) {
    self.channels = channels
    self.roles = roles.sorted { ($0.position, $1.id.rawValue) > ($1.position, $0.id.rawValue) }
    self.people = people
    channelNames = Dictionary(channels.map { ($0.id, $0.title) }) { first, _ in first }
    roleNames = Dictionary(roles.map { ($0.id, $0.name) }) { first, _ in first }
  }

  func title(of channel: ChannelID) -> String? { channelNames[channel] }
  func title(of role: RoleID) -> String? {
    roleNames[role].map { $0.hasPrefix("@") ? $0 : "@\($0)" }
  }

  /// The channels of these types (all when empty), under the name of the category each stands in; those without one
  /// come first.
  func grouped(types: [Int]) -> [(category: String?, channels: [Channel])] {
    let offered = channels.filter { types.isEmpty || types.contains($0.type) }
    let categories = channels.filter(\.isCategory)
    let known = Set(categories.map(\.id))
    var groups: [(category: String?, channels: [Channel])] = [
      (nil, offered.filter { $0.category.map { !known.contains($0) } ?? true })
    ]
    for category in categories {
      groups.append((category.name, offered.filter { $0.category == category.id }))
    }
    return groups.filter { !$0.channels.isEmpty }
  }
}

// Everything that is kept of one guild.

internal import DiscordCore
internal import JSON

/// One guild in the cache. Its parts are changed by the events about them; a `GUILD_CREATE` makes it anew.
///
/// A reference, since a question about one part must not copy, and count references to, all of them. `@unchecked`: it is
/// reached only under the lock of its `BotCache`, and what leaves there are values made of it.
final class GuildRecord: @unchecked Sendable {
  let id: GuildID
  var name = ""
  var icon: String?
  var owner = UserID(0)
  /// Numbers of the bot's list of feature names.
  var features: [UInt16] = []
  var memberCount: Int32 = 0
  var premiumTier: UInt8 = 0
  var verificationLevel: UInt8 = 0
  var mfaLevel: UInt8 = 0
  var isAvailable = true
  var systemChannelFlags: UInt64 = 0
  var preferredLocale = ""
  var systemChannel: ChannelID?
  var afkChannel: ChannelID?
  var roles = SortedTable<CachedRole>()
  var channels = SortedTable<CachedChannel>()
  var threads = SortedTable<CachedThread>()
  var emojis = SortedTable<CachedEmoji>()
  var voiceStates = SortedTable<CachedVoiceState>()
  var members = MemberTable()

  init(id: GuildID) { self.id = id }
}

extension CachedRole: Keyed { var key: RoleID { id } }
extension CachedChannel: Keyed { var key: ChannelID { id } }
extension CachedThread: Keyed { var key: ChannelID { id } }
extension CachedEmoji: Keyed { var key: EmojiID { id } }
extension CachedVoiceState: Keyed { var key: UserID { user } }

/// The fields of a guild that are kept.
enum GuildField: Int, JSONFieldName {
  case name, icon, owner, features, memberCount, premiumTier, verificationLevel, mfaLevel, systemChannelFlags
  case preferredLocale, systemChannel, afkChannel, roles, channels, threads, emojis, voiceStates, members
  static let keys = JSONKeys<GuildField>(
    "name", "icon", "owner_id", "features", "member_count", "premium_tier", "verification_level", "mfa_level",
    "system_channel_flags", "preferred_locale", "system_channel_id", "afk_channel_id", "roles", "channels",
    "threads", "emojis", "voice_states", "members")
}

extension GuildRecord {
  /// Takes over what `GUILD_CREATE` and `GUILD_UPDATE` share. A field that is missing leaves what was there.
  func update(
    _ fields: JSONFields<GuildField>, settings: CacheSettings, features names: inout FeatureNames
  ) {
    if let name = fields[.name]?.string { self.name = name }
    if let icon = fields[.icon] { self.icon = icon.string }
    if let owner = fields[.owner]?.id(Entity.User.self) { self.owner = owner }
    if let features = fields[.features]?.array {
      self.features = features.compactMap { $0.string.flatMap { names.number(of: $0) } }
    }
    if let tier = fields[.premiumTier]?.int { premiumTier = UInt8(clamping: tier) }
    if let level = fields[.verificationLevel]?.int { verificationLevel = UInt8(clamping: level) }
    if let level = fields[.mfaLevel]?.int { mfaLevel = UInt8(clamping: level) }
    if let flags = fields[.systemChannelFlags]?.uint64 { systemChannelFlags = flags }
    if let locale = fields[.preferredLocale]?.string { preferredLocale = locale }
    if let channel = fields[.systemChannel] { systemChannel = channel.id() }
    if let channel = fields[.afkChannel] { afkChannel = channel.id() }
    if let list = fields[.roles]?.array { roles = SortedTable(list.compactMap(CachedRole.init)) }
    if settings.emojis, let list = fields[.emojis]?.array {
      emojis = SortedTable(list.compactMap(CachedEmoji.init))
    }
  }

  /// Takes over what comes with `GUILD_CREATE` only, members aside.
  func fill(_ fields: JSONFields<GuildField>, settings: CacheSettings, me: UserID) {
    if let count = fields[.memberCount]?.int { memberCount = Int32(clamping: count) }
    if settings.channels, let list = fields[.channels]?.array {
      channels = SortedTable(list.compactMap(CachedChannel.init))
    }
    if settings.channels, settings.threads, let list = fields[.threads]?.array {
      threads = SortedTable(list.compactMap(CachedThread.init))
    }
    if settings.voiceStates, let list = fields[.voiceStates]?.array {
      voiceStates = SortedTable(list.compactMap { CachedVoiceState($0, me: me) })
    }
  }
}

/// The names of guild features, each kept once: there are some dozens, and every guild has a few.
struct FeatureNames: Sendable {
  private(set) var names: [String] = []
  private var numbers: [String: UInt16] = [:]

  /// Nil for one name too many; Discord has about a hundred.
  mutating func number(of name: String) -> UInt16? {
    if let number = numbers[name] { return number }
    guard names.count < 4096 else { return nil }
    names.append(name)
    numbers[name] = UInt16(names.count - 1)
    return UInt16(names.count - 1)
  }

  subscript(number: UInt16) -> String { names[Int(number)] }
}

// A member as an event shows it, on the way into the table.

internal import DiscordCore
internal import DiscordModels
internal import EventLoop
internal import JSON

private enum MemberField: Int, JSONFieldName {
  case roles, nick, joined, timeout, avatar, pending, premiumSince, user
  static let keys = JSONKeys<MemberField>(
    "roles", "nick", "joined_at", "communication_disabled_until", "avatar", "pending", "premium_since", "user"
  )
}

private enum UserField: Int, JSONFieldName {
  case id, userName, globalName, avatar, bot
  static let keys = JSONKeys<UserField>("id", "username", "global_name", "avatar", "bot")
}

/// Reads members into rows and records. Keeps its buffer, so that a sighting allocates nothing.
struct MemberSighting: Sendable {
  private(set) var row = MemberRow(user: UserID(0))
  private(set) var record: [UInt8] = []

  /// Reads a member object.
  ///
  /// - Parameters:
  ///   - member: with roles; partial member objects of mentions have them too.
  ///   - user: the user, if the member object does not hold it.
  ///   - settings: what of it is kept.
  /// - Returns: false for what is no member of a user with an id.
  mutating func read(_ member: JSONView, user: JSONView?, settings: CacheSettings) -> Bool {
    guard let fields = try? member.fields(MemberField.keys), let roles = fields[.roles]?.array,
      let user = try? (user ?? fields[.user])?.fields(UserField.keys),
      let id = user[.id]?.id(Entity.User.self)
    else {
      return false  // A partial member, or none.
    }
    row = MemberRow(user: id)
    record.removeAll(keepingCapacity: true)
    for role in roles where row.roleCount < 255 {
      guard let role = role.id(Entity.Role.self) else { continue }
      MemberRecord.append(role, to: &record)
      row.roleCount += 1
    }
    readTexts(fields, user, settings: settings)
    row.joined = fields[.joined].map { Self.seconds($0, roundedUp: false) } ?? 0
    row.timeout = fields[.timeout].map { Self.seconds($0, roundedUp: true) } ?? 0
    if user[.bot]?.bool == true { row.flags |= MemberRow.bot }
    if fields[.pending]?.bool == true { row.flags |= MemberRow.pending }
    if fields[.premiumSince]?.isNull == false { row.flags |= MemberRow.boosting }
    return true
  }

  private mutating func readTexts(
    _ member: JSONFields<MemberField>, _ user: JSONFields<UserField>, settings: CacheSettings
  ) {
    if settings.memberNames {
      MemberRecord.append(user[.userName]?.text, as: .userName, to: &record, of: &row)
      MemberRecord.append(user[.globalName]?.text, as: .globalName, to: &record, of: &row)
      MemberRecord.append(member[.nick]?.text, as: .nick, to: &record, of: &row)
    }
    if settings.memberAvatars {
      MemberRecord.append(image: user[.avatar]?.text, as: .avatar, to: &record, of: &row)
      MemberRecord.append(image: member[.avatar]?.text, as: .guildAvatar, to: &record, of: &row)
    }
  }

  /// The same without what the settings do not ask for.
  func reduced(to settings: CacheSettings) -> MemberSighting {
    var reduced = MemberSighting()
    reduced.row = row
    reduced.row.textCounts = InlineArray(repeating: 0)
    var end = Int(row.roleCount) * 8
    reduced.record = Array(record[..<end])
    for place in 0..<5 {
      let start = end
      end += Int(row.textCounts[place])
      let isName = place <= MemberRecord.Text.nick.rawValue
      guard isName ? settings.memberNames : settings.memberAvatars else { continue }
      reduced.record += record[start..<end]
      reduced.row.textCounts[place] = row.textCounts[place]
    }
    return reduced
  }

  /// Seconds since Discord's epoch; zero for what is no moment after it.
  private static func seconds(_ json: JSONView, roundedUp: Bool) -> UInt32 {
    guard let moment = json.timestamp else { return 0 }
    let milliseconds = moment.milliseconds - discordEpochMilliseconds
    guard milliseconds > 0 else { return 0 }
    return UInt32(clamping: (milliseconds + (roundedUp ? 999 : 0)) / 1000)
  }
}

extension CachedMember {
  /// A member out of the table.
  init(_ row: MemberRow, _ record: ArraySlice<UInt8>) {
    func moment(_ seconds: UInt32) -> Timestamp? {
      seconds == 0 ? nil : Timestamp(milliseconds: Int64(seconds) * 1000 + discordEpochMilliseconds)
    }
    self.init(
      user: row.user, roles: MemberRecord.roles(of: row, in: record),
      userName: MemberRecord.text(.userName, of: row, in: record),
      globalName: MemberRecord.text(.globalName, of: row, in: record),
      nick: MemberRecord.text(.nick, of: row, in: record),
      avatar: MemberRecord.image(.avatar, of: row, in: record),
      guildAvatar: MemberRecord.image(.guildAvatar, of: row, in: record), joinedAt: moment(row.joined),
      timedOutUntil: moment(row.timeout), isBot: row.flags & MemberRow.bot != 0,
      isPending: row.flags & MemberRow.pending != 0, isBoosting: row.flags & MemberRow.boosting != 0)
  }
}

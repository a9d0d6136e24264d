// The members of one guild, packed: a row of 32 bytes each, and one array of bytes for what varies in length.

internal import DiscordCore

/// Members by user, in about 90 bytes each with three roles, names and avatar.
///
/// Rows lie densely; `slots` finds a row by hashing (open addressing, backward-shift deletion). A row's roles, names
/// and avatars are one *record* in `bytes`. A record that changes its length is written at the end; what it leaves
/// behind is swept once it is a third of the whole. Choosing whom to forget is the clock algorithm: the hand passes
/// over those who were seen since it came by last.
struct MemberTable: Sendable {
  private var rows: [MemberRow] = []
  /// Number of the row plus one; zero is free. The count is a power of two.
  private var slots: [UInt32] = []
  private var bytes: [UInt8] = []
  /// Bytes that no row refers to.
  private var garbage = 0
  private var hand = 0

  var count: Int { rows.count }

  /// Makes room for what a guild comes with, without growing step by step.
  mutating func reserve(_ count: Int) {
    guard count > rows.capacity else { return }
    rows.reserveCapacity(count)
    bytes.reserveCapacity(count * 56)
    let needed = Self.slotCount(for: count)
    if needed > slots.count { rehash(needed) }
  }

  /// Gives back what growing left over, after a guild has come with its members.
  mutating func trim() {
    guard bytes.capacity > bytes.count + bytes.count / 4 else { return }
    var exact: [UInt8] = []
    exact.reserveCapacity(bytes.count + bytes.count / 16)
    exact += bytes
    bytes = exact
  }

  // MARK: Reading

  func contains(_ user: UserID) -> Bool { find(user) != nil }

  /// Calls `body` with the row and its record.
  func withMember<Result>(
    _ user: UserID, _ body: (MemberRow, ArraySlice<UInt8>) -> Result
  ) -> Result? {
    guard let index = find(user) else { return nil }
    return body(rows[index], record(of: rows[index]))
  }

  /// Calls `body` with every row and its record.
  func forEach(_ body: (MemberRow, ArraySlice<UInt8>) -> Void) {
    for row in rows { body(row, record(of: row)) }
  }

  private func record(of row: MemberRow) -> ArraySlice<UInt8> {
    bytes[Int(row.start)..<Int(row.start) + row.length]
  }

  // MARK: Writing

  /// Adds a member, or replaces what is known of one.
  ///
  /// - Parameters:
  ///   - draft: the row; `start` is set here.
  ///   - record: as long as the row says.
  /// - Returns: whether the member is new.
  mutating func set(_ draft: MemberRow, _ record: [UInt8]) -> Bool {
    guard let index = find(draft.user) else {
      insert(draft, record)
      return true
    }
    let old = rows[index]
    var new = draft
    new.isSeen = true
    new.start = old.start
    // Not every sighting says when the member joined.
    if new.joined == 0 { new.joined = old.joined }
    if old.length == new.length {
      bytes.replaceSubrange(Int(old.start)..<Int(old.start) + record.count, with: record)
    } else {
      garbage += old.length
      new.start = UInt32(bytes.count)
      bytes.append(contentsOf: record)
    }
    rows[index] = new
    sweepIfNeeded()
    return false
  }

  private mutating func insert(_ draft: MemberRow, _ record: [UInt8]) {
    if Self.slotCount(for: rows.count + 1) > slots.count { rehash(Self.slotCount(for: rows.count + 1)) }
    var new = draft
    new.start = UInt32(bytes.count)
    bytes.append(contentsOf: record)
    rows.append(new)
    occupy(UInt32(rows.count), for: new.user)
  }

  /// Says that the member was seen, without news.
  mutating func touch(_ user: UserID) {
    guard let index = find(user), !rows[index].isSeen else { return }
    rows[index].isSeen = true
  }

  /// - Returns: whether there was such a member.
  @discardableResult
  mutating func remove(_ user: UserID) -> Bool {
    guard let index = find(user) else { return false }
    remove(at: index)
    return true
  }

  private mutating func remove(at index: Int) {
    let row = rows[index]
    vacate(row.user)
    garbage += row.length
    let lastNumber = UInt32(rows.count)
    let last = rows.removeLast()
    if index < rows.count {
      rows[index] = last
      slots[slot(holding: lastNumber, of: last.user)] = UInt32(index + 1)
    }
    sweepIfNeeded()
  }

  /// Forgets the member that was not seen for longest, but none whom `isPinned` names.
  ///
  /// - Returns: false if all are pinned.
  mutating func evictOne(isPinned: (UserID) -> Bool) -> Bool {
    // Two rounds: the first takes the marks away, the second finds somebody without.
    for _ in 0..<2 * rows.count {
      if hand >= rows.count { hand = 0 }
      if rows[hand].isSeen {
        rows[hand].isSeen = false
      } else if !isPinned(rows[hand].user) {
        remove(at: hand)
        return true
      }
      hand += 1
    }
    return false
  }

  /// Forgets everybody but those whom `isKept` names.
  mutating func removeAll(except isKept: (UserID) -> Bool) {
    var index = rows.count
    while index > 0 {
      index -= 1
      if !isKept(rows[index].user) { remove(at: index) }
    }
  }

  /// Takes a role from everybody, after it was deleted.
  mutating func strip(_ role: RoleID) {
    for index in rows.indices {
      let row = rows[index]
      guard let place = (0..<Int(row.roleCount)).first(where: { roleID(row, $0) == role }) else { continue }
      let start = Int(row.start)
      // The record's rest moves forward; eight bytes at its end are left over.
      for position in start + 8 * place..<start + row.length - 8 { bytes[position] = bytes[position + 8] }
      rows[index].roleCount -= 1
      garbage += 8
    }
    sweepIfNeeded()
  }

  private func roleID(_ row: MemberRow, _ place: Int) -> RoleID {
    MemberRecord.role(place, in: record(of: row))
  }

  private mutating func sweepIfNeeded() {
    guard garbage > 1024, garbage * 3 > bytes.count else { return }
    var swept: [UInt8] = []
    swept.reserveCapacity(bytes.count - garbage + 256)
    for index in rows.indices {
      let start = UInt32(swept.count)
      swept.append(contentsOf: record(of: rows[index]))
      rows[index].start = start
    }
    bytes = swept
    garbage = 0
  }

  // MARK: Slots

  private static func slotCount(for count: Int) -> Int {
    guard count > 0 else { return 0 }
    var slots = 8
    while slots * 4 < count * 5 { slots *= 2 }
    return slots
  }

  /// Snowflakes share their lower bits; multiplication spreads the upper ones over the top.
  private func home(of user: UserID) -> Int {
    let mixed = (user.rawValue ^ user.rawValue &>> 22) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed &>> 32) & (slots.count - 1)
  }

  private func find(_ user: UserID) -> Int? {
    guard !slots.isEmpty else { return nil }
    var slot = home(of: user)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if rows[index].user == user { return index }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// The slot in which a member's number stands.
  private func slot(holding number: UInt32, of user: UserID) -> Int {
    var slot = home(of: user)
    while slots[slot] != number { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func occupy(_ number: UInt32, for user: UserID) {
    var slot = home(of: user)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = number
  }

  private mutating func vacate(_ user: UserID) {
    let mask = slots.count - 1
    var hole = home(of: user)
    while rows[Int(slots[hole]) - 1].user != user { hole = (hole + 1) & mask }
    slots[hole] = 0
    var next = (hole + 1) & mask
    while slots[next] != 0 {
      let home = home(of: rows[Int(slots[next]) - 1].user)
      // Whoever would be found from the hole on moves into it.
      if (next - home) & mask >= (next - hole) & mask {
        slots[hole] = slots[next]
        slots[next] = 0
        hole = next
      }
      next = (next + 1) & mask
    }
  }

  private mutating func rehash(_ count: Int) {
    slots = [UInt32](repeating: 0, count: count)
    for (index, row) in rows.enumerated() { occupy(UInt32(index + 1), for: row.user) }
  }
}

/// The part of a member that has a fixed size.
struct MemberRow: Sendable {
  var user: UserID
  /// Where the record begins.
  var start: UInt32 = 0
  /// Until when the member is timed out, in seconds since Discord's epoch, rounded up; zero for not at all.
  var timeout: UInt32 = 0
  /// When the member joined, in seconds since Discord's epoch; zero if it is not known.
  var joined: UInt32 = 0
  var roleCount: UInt8 = 0
  /// Bytes of user name, global name, nickname, avatar and the guild's avatar; `MemberRecord` writes them.
  var textCounts: InlineArray<5, UInt8> = InlineArray(repeating: 0)
  var flags: UInt8 = 0

  init(user: UserID) { self.user = user }

  /// Bytes of the record.
  var length: Int {
    var length = Int(roleCount) * 8
    for index in 0..<5 { length += Int(textCounts[index]) }
    return length
  }

  static let seen: UInt8 = 1
  static let bot: UInt8 = 2
  static let pending: UInt8 = 4
  static let boosting: UInt8 = 8

  /// Since the clock's hand came by last.
  var isSeen: Bool {
    get { flags & Self.seen != 0 }
    set { flags = newValue ? flags | Self.seen : flags & ~Self.seen }
  }
}

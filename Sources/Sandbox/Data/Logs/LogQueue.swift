// Lines that wait to be written: pure, within bounds.

import DiscordCore
import SandboxContract

/// Lines by whose they are. A line too many is counted; that it was is told in the same log.
struct LogQueue: Sendable {
  struct Place: Hashable, Sendable {
    let plugin: String
    let guild: GuildID?
  }

  struct Waiting: Sendable {
    var lines: [GuestLogLine] = []
    var dropped = 0
  }

  private let placeLimit: Int
  private let limit: Int
  private var waiting: [Place: Waiting] = [:]
  private var count = 0

  /// Bounds on the lines of one place, and of all.
  init(placeLimit: Int, limit: Int) { (self.placeLimit, self.limit) = (placeLimit, limit) }

  mutating func note(_ line: GuestLogLine) {
    let place = Place(plugin: line.plugin, guild: line.guild)
    guard count < limit, waiting[place]?.lines.count ?? 0 < placeLimit else {
      // Places are as many as plugins in servers, and an entry that only counts is small.
      waiting[place, default: Waiting()].dropped += 1
      return
    }
    waiting[place, default: Waiting()].lines.append(line)
    count += 1
  }

  /// Takes out what waits, of the places that are wanted.
  mutating func take(_ isWanted: (Place) -> Bool) -> [Place: Waiting] {
    let taken = waiting.filter { isWanted($0.key) }
    for (place, one) in taken {
      waiting[place] = nil
      count -= one.lines.count
    }
    return taken
  }

  /// Puts back what could not be written, before what came since; what does not fit is counted.
  mutating func putBack(_ back: Waiting, of place: Place) {
    let newer = waiting.removeValue(forKey: place) ?? Waiting()
    count -= newer.lines.count
    let room = max(0, min(placeLimit, limit - count))
    let lines = back.lines + newer.lines
    let kept = Array(lines.prefix(room))
    count += kept.count
    waiting[place] = Waiting(
      lines: kept, dropped: back.dropped + newer.dropped + lines.count - kept.count)
  }

  mutating func erase(_ place: Place) {
    count -= waiting.removeValue(forKey: place)?.lines.count ?? 0
  }
}

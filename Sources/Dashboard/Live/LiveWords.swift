// What happened in a guild, as events for one reader, in their language.

import DiscordCore
import EventLoop
import HTTPServer
import JSON
import PlatformAudit
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformText
import Resources

/// Makes events of digests. Keeps what words need and not the whole visit: a stream lasts for hours.
struct LiveWords: Sendable {
  private let strings: StringCatalog
  private let house: DashboardEnvironment
  private let why: WhyWords
  private let audit: AuditWords
  private let names: GuildNames

  init(_ visit: GuildVisit) {
    (strings, house, why) = (visit.strings, visit.house, WhyWords(visit))
    names = GuildNames(visit.bot)
    audit = AuditWords(strings: strings, catalog: house.catalog, names: names)
  }

  /// The counters of today.
  func counters(_ digest: LiveDigest) -> [ServerSentEvent] {
    [
      ("count.decisions", digest.decisionsToday), ("count.acted", digest.actedToday),
      ("count.cases", digest.casesToday), ("count.notices", digest.unreadNotices),
    ].map { name, count in ServerSentEvent(#"{"text":"\#(count)"}"#, event: name) }
  }

  /// What is new, the oldest first, and the counters where they changed.
  func events(in digest: LiveDigest, after cursor: LiveCursor) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    for stored in digest.decisions.reversed() where stored.number > cursor.decision {
      let record = stored.record
      add("why", record.at, why.plugin(record.plugin), why.sentence(record), &events)
    }
    for entry in digest.entries.reversed() where entry.number > cursor.entry {
      add("audit", entry.at, audit.who(entry.actor), audit.deed(entry), &events)
    }
    let language = strings.language
    for record in digest.cases.reversed() where record.number > cursor.record {
      let title = record.title.text(
        in: house.catalog.strings(of: digest.casesPlugin ?? "", language: language))
      let text = strings(
        "live.case",
        [
          "case": "\(record.number)", "action": title,
          "member": names.name(record.target) ?? "\(record.target)",
        ])
      add("case", record.at, "", text, &events)
    }
    for notice in digest.notices.reversed() where notice.number > cursor.notice {
      let text = house.dispatcher.sentence(
        notice.sentence.key, notice.sentence.values, of: notice.source, language: language)
      add("notice", notice.lastAt, why.plugin(notice.source), text, &events)
    }
    let last = cursor.last
    let hasCounted =
      digest.decisionsToday != last.decisionsToday || digest.casesToday != last.casesToday
      || digest.unreadNotices != last.unreadNotices || digest.actedToday != last.actedToday
    return hasCounted ? events + counters(digest) : events
  }

  private func add(
    _ name: String, _ at: Timestamp, _ label: String, _ text: String, _ events: inout [ServerSentEvent]
  ) {
    let line: JSONValue = [
      "append": ["time": .string(at.iso8601), "label": .string(label), "text": .string(text)]
    ]
    // Texts alone: nothing that JSON does not have.
    guard let bytes = try? line.encoded() else { return }
    events.append(ServerSentEvent(String(decoding: bytes, as: UTF8.self), event: name))
  }
}

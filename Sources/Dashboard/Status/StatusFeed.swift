// The status as an Atom feed (RFC 4287): an entry for each thing the operator wrote.

import EventLoop
import PlatformSite
import PlatformText
import Resources

/// `/status.atom`.
struct StatusFeed {
  /// The newest entries; readers keep what came before.
  private static let limit = 50

  let visit: Visit
  let report: StatusReport

  var xml: String {
    let origin = visit.house.site.origin
    let entries = report.incidents.flatMap { incident in incident.updates.map { (incident, $0) } }
      .sorted { $0.1.writtenAt > $1.1.writtenAt }.prefix(Self.limit)
    // A feed that has no entry is as old as the first day, so that it does not change without a reason.
    let updated = entries.first?.1.writtenAt ?? Timestamp(milliseconds: 0)
    let title = visit.strings("status.feed", ["site": visit.strings["site.name"]])
    return """
      <?xml version="1.0" encoding="utf-8"?>
      <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="\(Self.escaped(visit.strings.language))">
      <title>\(Self.escaped(title))</title>
      <id>\(Self.escaped("\(origin)/status.atom"))</id>
      <link rel="self" href="\(Self.escaped("\(origin)/status.atom"))"/>
      <link href="\(Self.escaped("\(origin)/status"))"/>
      <updated>\(updated.iso8601)</updated>
      <author><name>\(Self.escaped(visit.strings["site.name"]))</name></author>
      \(entries.map { entry($0.0, $0.1, origin) }.joined(separator: "\n"))
      </feed>

      """
  }

  private func entry(_ incident: Incident, _ update: IncidentUpdate, _ origin: String) -> String {
    let address = "\(origin)/status#incident-\(incident.number)"
    let state = visit.words(update.status.title, of: .site)
    return """
      <entry>
      <title>\(Self.escaped("\(state): \(incident.title)"))</title>
      <id>\(Self.escaped("\(address)-\(update.number)"))</id>
      <link href="\(Self.escaped(address))"/>
      <published>\(update.writtenAt.iso8601)</published>
      <updated>\(update.writtenAt.iso8601)</updated>
      <content type="text">\(Self.escaped(update.text))</content>
      </entry>
      """
  }

  /// Text for elements and attributes. What XML 1.0 has no place for, such as control characters, is left out.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

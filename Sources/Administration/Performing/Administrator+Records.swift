// Access, and what is on record: audit, decisions, notices.

import PlatformText
import Assembly
import DiscordCore
import EventLoop
import JSON
import PlatformAccess
import PlatformAudit
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformTenancy
import Storage

extension Administrator {
  // MARK: Access

  func listAccess(_ guild: GuildID) async throws -> AdminReport {
    let tenant = try await known(guild)
    let grants = try await AccessStore(house.storage.guild(tenant)).grants()
    let json = grants.map { grant -> JSONValue in
      ["subject": .string(grant.subject.name), "role": .string(grant.access.name)]
    }
    return AdminReport(
      .array(json),
      .table(
        AdminTable(
          ["subject", "role"], grants.map { [$0.subject.name, $0.access.name] },
          empty: "nobody was given access; the server's own owner and administrators have it")))
  }

  func give(_ grant: AccessGrant, in guild: GuildID) async throws -> AdminReport {
    let tenant = try await known(guild)
    let outcome = try await AccessDesk(house.storage.guild(tenant)).give(grant, by: origin)
    guard case .given(let before) = outcome else {
      throw AdminFailure.refused("a server has \(AccessStore.limit) grants at most; revoke one first")
    }
    let name = grant.subject.name
    return AdminReport(
      ["subject": .string(name), "role": .string(grant.access.name), "before": .text(before?.name)],
      .sentence("\(name) is \(grant.access.name) in \(guild)"))
  }

  func take(_ subject: AccessGrant.Subject, _ expected: AccessRole?, in guild: GuildID) async throws
    -> AdminReport
  {
    let tenant = try await known(guild)
    let store = house.storage.guild(tenant)
    let name = subject.name
    guard let present = try await AccessStore(store).grants().first(where: { $0.subject == subject })?.access
    else {
      throw AdminFailure.refused("\(name) was given no access in \(guild)")
    }
    guard expected == nil || expected == present else {
      throw AdminFailure.refused("\(name) is \(present.name) in \(guild); nothing was changed")
    }
    guard try await AccessDesk(store).take(subject, by: origin) != nil else {
      throw AdminFailure.refused("\(name) was given no access in \(guild)")
    }
    return AdminReport(
      ["subject": .string(name), "before": .string(present.name)],
      .sentence("\(name) has no access by grant in \(guild) any more"))
  }

  // MARK: Audit

  func audit(_ guild: GuildID, _ options: AdminOptions) async throws -> AdminReport {
    var filter = AuditFilter()
    (filter.limit, filter.before, filter.action) = (options.limit, options.before, options.action)
    let entries = try await AuditLog(house.storage.guild(try await known(guild))).entries(filter)
    let rows = try entries.map { entry in
      [
        "\(entry.number)", entry.at.description, Self.name(entry.actor), entry.action, entry.target,
        try Self.change(entry),
      ]
    }
    let json = entries.map { entry -> JSONValue in
      [
        "number": .integer(entry.number), "at": .string(entry.at.iso8601),
        "actor": .string(Self.name(entry.actor)), "action": .string(entry.action),
        "target": .string(entry.target), "address": .text(entry.address), "before": entry.before,
        "after": entry.after,
      ]
    }
    return AdminReport(
      .array(json),
      .table(
        AdminTable(
          ["number", "at", "actor", "action", "target", "change"], rows,
          empty: options.before == nil && options.action == nil
            ? "nothing was changed yet" : "no such entries"
        )))
  }

  private static func name(_ actor: AuditEntry.Actor) -> String {
    switch actor {
    case .user(let user): "user:\(user)"
    case .operator: "operator"
    case .system: "system"
    }
  }

  private static func change(_ entry: AuditEntry) throws -> String {
    func text(_ value: JSONValue) throws -> String {
      value.isNull ? "–" : String(decoding: try value.encoded(), as: UTF8.self)
    }
    guard !entry.before.isNull || !entry.after.isNull else { return "" }
    return "\(try text(entry.before)) → \(try text(entry.after))"
  }

  // MARK: Why

  func why(_ subject: String, in guild: GuildID, _ options: AdminOptions) async throws -> AdminReport {
    _ = try await known(guild)
    let (id, cause) = WhyQuery(typed: subject).parts
    let records = try await house.dispatcher.why.records(
      about: id, cause: cause, in: guild, limit: options.limit)
    let catalog = house.catalog
    func sentence(_ record: WhyRecord) -> String {
      WhyText.sentence(record) { catalog.strings(of: $0, language: "en") }
    }
    let rows = records.map { record in
      [record.at.description, record.plugin, record.cause, sentence(record)]
    }
    let json = records.map { record -> JSONValue in
      [
        "at": .string(record.at.iso8601), "plugin": .string(record.plugin), "event": .string(record.cause),
        "message": .text(record.subject.message?.description),
        "member": .text(record.subject.member?.description),
        "channel": .text(record.subject.channel?.description),
        "outcome": .string(record.outcome.rawValue), "reason": .string(record.key),
        "sentence": .string(sentence(record)),
      ]
    }
    return AdminReport(
      .array(json),
      .table(
        AdminTable(
          ["at", "plugin", "event", "why"], rows,
          empty: "nothing was decided about that in the last day, or it is no id of a message or event here"))
    )
  }

  // MARK: Notices

  func notices(_ guild: GuildID?, _ options: AdminOptions) async throws -> AdminReport {
    var audience = NoticeAudience.operators
    if let guild { audience = .guild(try await known(guild)) }
    var filter = NoticeFilter()
    (filter.limit, filter.before, filter.includesDismissed) = (
      options.limit, options.before, options.includesAll
    )
    let notices = try await house.notices.list(audience, filter)
    func sentence(_ notice: Notice) -> String {
      house.dispatcher.sentence(
        notice.sentence.key, notice.sentence.values, of: notice.source, language: "en")
    }
    let rows = notices.map { notice in
      [
        "\(notice.number)", notice.lastAt.description, notice.severity.name, "\(notice.count)", notice.source,
        sentence(notice),
      ]
    }
    let json = notices.map { notice -> JSONValue in
      [
        "number": .integer(notice.number), "severity": .string(notice.severity.name),
        "source": .string(notice.source), "key": .string(notice.key), "count": .integer(notice.count),
        "first_at": .string(notice.firstAt.iso8601), "last_at": .string(notice.lastAt.iso8601),
        "status": .string(notice.status.rawValue), "link": .text(notice.link),
        "sentence": .string(sentence(notice)),
      ]
    }
    return AdminReport(
      .array(json),
      .table(
        AdminTable(["number", "last", "severity", "times", "from", "notice"], rows, empty: "no notices")))
  }
}

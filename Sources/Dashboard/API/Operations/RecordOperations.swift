// What is on record: changes, notices, decisions, cases.

import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAudit
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformText
import Resources

extension APIOperation {
  private static let auditSchema = APISchema.named(
    "AuditEntry",
    .record([
      .init("number", .integer(1...Int64.max)), .init("at", .instant), .init("actor", .text()),
      .init("action", .text()), .init("target", .text()), .init("before", .anything),
      .init("after", .anything),
    ]))

  private static let noticeSchema = APISchema.named(
    "Notice",
    .record([
      .init("number", .integer(1...Int64.max)),
      .init("severity", .choice(NoticeSeverity.allCases.map(\.name))), .init("source", .text()),
      .init("sentence", .text()), .init("link", .nullable(.text())), .init("count", .integer(1...Int64.max)),
      .init("first_at", .instant), .init("last_at", .instant), .init("status", noticeStatus),
    ]))

  private static let noticeStatus = APISchema.choice(["unread", "read", "dismissed"])

  private static let decisionSchema = APISchema.named(
    "Decision",
    .record([
      .init("at", .instant), .init("plugin", .text()), .init("cause", .text()),
      .init("message", .nullable(.snowflake)), .init("member", .nullable(.snowflake)),
      .init("channel", .nullable(.snowflake)),
      .init("outcome", .choice(WhyRecord.Outcome.allCases.map(\.rawValue))), .init("sentence", .text()),
    ]))

  private static let caseSchema = APISchema.named(
    "Case",
    .record([
      .init("number", .integer(1...Int64.max)), .init("at", .instant), .init("kind", .text()),
      .init("member", .snowflake), .init("moderator", .nullable(.snowflake)),
      .init("plugin", .nullable(.text())), .init("reason", .text()),
      .init("expires_at", .nullable(.instant)), .init("ended_at", .nullable(.instant)),
      .init("points", .number), .init("is_void", .toggle),
    ]))

  static let recordOperations: [APIOperation] = [
    APIOperation(
      "audit.list", .get, "/audit",
      query: [.cursor, .limit, Parameter("action", .text(1...100)), Parameter("target", .text(1...200))],
      answer: .json(.part(of: auditSchema)),
      .guild(.viewer) { visit, input in try await audit(visit, input) }),
    APIOperation(
      "notices.list", .get, "/notices", query: [.cursor, .limit, Parameter("dismissed", .toggle)],
      answer: .json(.part(of: noticeSchema)),
      .guild(.viewer) { visit, input in try await notices(visit, input) }),
    APIOperation(
      "notices.mark", .post, "/notices/{number}/mark",
      body: .named("NoticeMark", .record([.init("status", noticeStatus)])), answer: .nothing,
      .guild(.manager) { visit, input in
        let status = Notice.Status(rawValue: input.body["status"]?.string ?? "") ?? .read
        let number = Int64(input.path["number"] ?? "") ?? 0
        guard try await visit.house.notices.mark(number, of: .guild(visit.tenant), as: status) else {
          throw HTTPProblem.notFound
        }
        return .done
      }),
    APIOperation(
      "decisions.list", .get, "/decisions",
      query: [.limit, Parameter("about", .snowflake), Parameter("cause", .text(1...200))],
      answer: .json(.record([.init("items", .list(decisionSchema, atMost: 100))])),
      .guild(.viewer) { visit, input in try await decisions(visit, input) }),
    APIOperation(
      "cases.list", .get, "/cases", query: [.cursor, .limit, Parameter("member", .snowflake)],
      answer: .json(.part(of: caseSchema)),
      .guild(.viewer) { visit, input in
        let records = try await cases(visit).records(
          of: input.query["member"]?.string.flatMap { UserID($0) }, before: input.cursor, limit: input.limit)
        let next = records.count == input.limit ? records.last?.number : nil
        return try visit.visit.json(.part(records.map(document), next: next))
      }),
    APIOperation(
      "cases.get", .get, "/cases/{number}", answer: .json(caseSchema),
      .guild(.viewer) { visit, input in
        guard let record = try await cases(visit).record(Int64(input.path["number"] ?? "") ?? 0) else {
          throw HTTPProblem.notFound
        }
        return try visit.visit.json(document(record))
      }),
  ]

  private static func audit(_ visit: GuildVisit, _ input: APIInput) async throws -> HTTPResponse {
    var filter = AuditFilter()
    (filter.before, filter.limit) = (input.cursor, input.limit)
    (filter.action, filter.target) = (input.query["action"]?.string, input.query["target"]?.string)
    let entries = try await AuditLog(visit.store).entries(filter)
    let items = entries.map { entry -> JSONValue in
      let actor =
        switch entry.actor {
        case .user(let user): "user:\(user)"
        case .operator: "operator"
        case .system: "system"
        }
      // Addresses of people are not for programs.
      return [
        "number": .integer(entry.number), "at": entry.at.api, "actor": .string(actor),
        "action": .string(entry.action), "target": .string(entry.target), "before": entry.before,
        "after": entry.after,
      ]
    }
    return try visit.visit.json(
      .part(items, next: entries.count == input.limit ? entries.last?.number : nil))
  }

  private static func notices(_ visit: GuildVisit, _ input: APIInput) async throws -> HTTPResponse {
    var filter = NoticeFilter()
    (filter.before, filter.limit) = (input.cursor, input.limit)
    filter.includesDismissed = input.query["dismissed"]?.bool ?? false
    let notices = try await visit.house.notices.list(.guild(visit.tenant), filter)
    let items = notices.map { notice -> JSONValue in
      let sentence = visit.house.dispatcher.sentence(
        notice.sentence.key, notice.sentence.values, of: notice.source, language: visit.strings.language)
      return [
        "number": .integer(notice.number), "severity": .string(notice.severity.name),
        "source": .string(notice.source), "sentence": .string(sentence), "link": .orNull(notice.link),
        "count": .integer(notice.count), "first_at": notice.firstAt.api, "last_at": notice.lastAt.api,
        "status": .string(notice.status.rawValue),
      ]
    }
    return try visit.visit.json(
      .part(items, next: notices.count == input.limit ? notices.last?.number : nil))
  }

  private static func decisions(_ visit: GuildVisit, _ input: APIInput) async throws -> HTTPResponse {
    let records = try await visit.house.dispatcher.why.records(
      about: input.query["about"]?.string.flatMap { UInt64($0) }, cause: input.query["cause"]?.string,
      in: visit.guild, limit: input.limit)
    let (catalog, language) = (visit.house.catalog, visit.strings.language)
    let items = records.map { record -> JSONValue in
      let sentence = WhyText.sentence(record) { catalog.strings(of: $0, language: language) }
      return [
        "at": record.at.api, "plugin": .string(record.plugin), "cause": .string(record.cause),
        "message": .orNull(record.subject.message?.description),
        "member": .orNull(record.subject.member?.description),
        "channel": .orNull(record.subject.channel?.description),
        "outcome": .string(record.outcome.rawValue), "sentence": .string(sentence),
      ]
    }
    return try visit.visit.json(["items": .array(items)])
  }

  /// Whoever keeps the cases.
  ///
  /// - Throws: `HTTPProblem` 404 when no plugin of this installation does.
  private static func cases(_ visit: GuildVisit) async throws -> any CaseHistory {
    let name = Capability<any CaseHistory>.caseHistory.name
    let core = try await visit.context(of: CorePlugin.id)
    guard let cases = core.host.capability(name, in: core) as? any CaseHistory else {
      throw HTTPProblem.notFound
    }
    return cases
  }

  private static func document(_ record: CaseSummary) -> JSONValue {
    var moderator: UserID?
    var plugin: String?
    switch record.actor {
    case .person(let user): moderator = user
    case .plugin(let id): plugin = id
    case .erased: break
    }
    return [
      "number": .integer(record.number), "at": record.at.api, "kind": .string(record.kind),
      "member": .snowflake(record.target), "moderator": .orNull(moderator?.description),
      "plugin": .orNull(plugin), "reason": .string(record.reason),
      "expires_at": record.expiresAt?.api ?? .null, "ended_at": record.endedAt?.api ?? .null,
      "points": .double(record.points), "is_void": .bool(record.isVoid),
    ]
  }
}

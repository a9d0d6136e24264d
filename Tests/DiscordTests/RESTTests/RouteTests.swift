// Every route against Discord's own description of its API, so that no typo can live.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import HTTPTypes
import JSON
import OpenAPI
import Testing

@Suite struct RouteTests {
  @Test(arguments: RouteRow.all)
  func `a route is the operation it should be, with query and body Discord knows`(row: RouteRow) throws {
    #expect(row.call.defect == nil)
    guard let operation = row.operation else { return }
    let document = try OpenAPIDocument.discord.get()
    #expect(document.operation(row.call.method.rawValue, row.call.path) == operation)
    var exchange = RecordedExchange(
      method: row.call.method.rawValue, path: row.call.path,
      queryNames: row.call.query.split(separator: "&").map { String($0.prefix { $0 != "=" }) }, status: 200)
    if case .json(let body) = row.call.body { exchange.request = body }
    let violations = document.violations(exchange).filter { !$0.contains(" answer") }
    #expect(violations.isEmpty)
  }

  /// Reads the names of all routes from their sources: a route without a row would not be checked.
  @Test func `every route that is written is in the table`() throws {
    let root = "Sources/Discord/REST"
    var written: [String: Int] = [:]
    for file in try routeFiles(under: ["\(root)/Routes", "\(root)/OAuth2"]) {
      for line in file.split(separator: "\n") {
        guard let range = line.firstRange(of: "package static func ") else { continue }
        written[String(line[range.upperBound...].prefix { $0 != "(" && $0 != "<" }), default: 0] += 1
      }
    }
    #expect(written.count > 180)
    let rows = Dictionary(grouping: RouteRow.all, by: \.name)
    for (name, count) in written {
      #expect(rows[name, default: []].count >= count, "\(name)")
    }
    for name in rows.keys { #expect(written[name] != nil, "\(name)") }
  }

  @Test func `a template has the names of Discord's documentation and no id`() {
    for row in RouteRow.all {
      let template = "\(row.call.route.template)"
      #expect(template.hasPrefix("/"), "\(row.name)")
      #expect(!template.contains { $0.isNumber && $0 != "2" }, "\(row.name)")
    }
  }

  @Test func `what is sent again does no harm`() {
    let once: Set<String> = [
      "createGuildChannel", "createRole", "createInvite", "createWebhook", "executeWebhook",
      "executeWebhookUnseen",
      "createFollowup", "startThread", "startForumPost", "createGuildEmoji", "createApplicationEmoji",
      "createGuildSticker", "createSoundboardSound", "createAutoModerationRule", "createScheduledEvent",
      "createScheduledEventException", "createStageInstance", "createGuildTemplate", "createTestEntitlement",
      "sendSoundboardSound", "followAnnouncements", "exchangeCode", "refreshToken", "clientCredentials",
      "prune",
      "executeGitHubWebhook", "executeSlackWebhook",
    ]
    for row in RouteRow.all where row.name != "createMessage" {
      #expect(row.call.isRepeatable == !once.contains(row.name), "\(row.name)")
    }
  }

  @Test func `a message may be sent again only with a nonce`() {
    var message = MessageCreate("a")
    #expect(!Endpoint.createMessage(message, in: Sample.channel).call.isRepeatable)
    message.nonce = "n"
    #expect(Endpoint.createMessage(message, in: Sample.channel).call.isRepeatable)
  }

  @Test func `what a builder refuses is not sent, and the sentence says why`() {
    let call = Endpoint.createMessage(MessageCreate(), in: Sample.channel).call
    #expect(call.defect == "content is empty, and so is all else; Discord refuses empty messages")
    #expect(Endpoint.bulkDeleteMessages([Sample.message], in: Sample.channel).call.defect != nil)
    #expect(
      Endpoint.bulkDeleteMessages([Sample.message, Sample.message], in: Sample.channel).call.defect != nil)
    #expect(Endpoint.bulkBan((0..<201).map { UserID($0) }, in: Sample.guild).call.defect != nil)
    #expect(
      Endpoint.createBan(of: Sample.user, in: Sample.guild, deletingMessagesOf: 604_801).call.defect != nil)
    #expect(Endpoint.prune(Sample.guild, days: 31).call.defect != nil)
    #expect(
      Endpoint.overwriteGlobalCommands([.chatInput("Bad", "d")], of: Sample.application).call.defect != nil)
  }

  @Test func `permissions are those the call needs`() {
    #expect(
      Endpoint.createMessage(Sample.text, in: Sample.channel).call.permissions
        == [.viewChannel, .sendMessages, .embedLinks, .sendPolls])
    #expect(Endpoint.timeOut(Sample.user, in: Sample.guild, until: nil).call.permissions == .moderateMembers)
    #expect(
      Endpoint.bulkBan([Sample.user], in: Sample.guild).call.permissions == [.banMembers, .manageGuild])
    #expect(
      Endpoint.modifyGuildMember(Sample.user, in: Sample.guild, MemberEdit { $0.nickname = .clear }).call
        .permissions
        == .manageNicknames)
  }

  @Test func `reasons, emoji and search words are encoded`() {
    #expect(
      Endpoint.deleteRole(Sample.role, in: Sample.guild, reason: "zu groß").call.reason == "zu%20gro%C3%9F")
    let reaction = Endpoint.addReaction(
      .custom(Sample.emoji, name: "wave"), to: Sample.message, in: Sample.channel)
    #expect(reaction.call.path == "/channels/2000/messages/3000/reactions/wave%3A9000/@me")
    let search = Endpoint.searchGuildMembers(of: Sample.guild, beginningWith: "a&b=c")
    #expect(search.call.query == "query=a%26b%3Dc")
  }

  @Test func `a rename is known as one`() {
    let rename = Endpoint.modifyChannel(Sample.channel, ChannelEdit { $0.name = "n" })
    #expect(rename.call.hiddenLimit == .channelRename)
    #expect(Endpoint.modifyChannel(Sample.channel, ChannelEdit { $0.slowmode = 5 }).call.hiddenLimit == nil)
    #expect(
      Endpoint.modifyThread(Sample.channel, ThreadEdit { $0.isArchived = true }).call.hiddenLimit == nil)
  }

  @Test func `answers to interactions carry no token of ours and wait for no global limit`() {
    for row in RouteRow.interactions {
      #expect(!row.call.isGloballyLimited, "\(row.name)")
      guard case .none = row.call.authorization else {
        Issue.record("\(row.name) is authorized")
        continue
      }
    }
  }
}

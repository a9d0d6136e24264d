// What failed calls say.

import DiscordCore
import DiscordLimits
import DiscordREST
import HTTPServer
import HTTPTypes
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Errors of calls` {
  private let post = Endpoint<Named>(.post, "/channels/{channel.id}/messages", ChannelID(424_242))
    .needing([.sendMessages, .embedLinks])

  private func error(_ status: Int, _ body: String) async throws -> RESTError {
    let caught = try await withAnswer(Answers.json(body, status: status))
    return try #require(caught)
  }

  private func withAnswer(_ response: HTTPResponse) async throws -> RESTError? {
    var caught: RESTError?
    try await withDiscord { _ in
      response
    } _: { bench in
      caught = await failure { () async throws(RESTError) in try await bench.rest.send(post) }
    }
    return caught
  }

  @Test(arguments: [
    (403, 50013, RESTError.Kind.missingPermission), (403, 50001, .missingPermission),
    (403, 50007, .unreachable), (403, 50278, .unreachable), (404, 10003, .gone), (404, 10062, .gone),
    (404, 10008, .gone), (400, 40060, .alreadyDone), (400, 160_004, .alreadyDone), (400, 50035, .userMistake),
    (400, 50034, .userMistake), (403, 200_000, .userMistake), (403, 40333, .operatorAction),
    (405, 0, .bug), (400, 50109, .bug), (202, 110_000, .retry(after: .milliseconds(1_500))),
  ])
  func `Discord's codes become what a caller can do`(_ status: Int, _ code: Int, _ kind: RESTError.Kind)
    async throws
  {
    let error = try await error(status, #"{"message": "m", "code": \#(code), "retry_after": 1.5}"#)
    #expect(error.kind == kind)
    #expect(error.discordCode == DiscordErrorCode(rawValue: code))
    #expect(error.status == status)
  }

  @Test func `a missing permission is named, with what to do`() async throws {
    let error = try await error(403, #"{"message": "Missing Permissions", "code": 50013}"#)
    #expect(error.missingPermissions == [.sendMessages, .embedLinks])
    #expect(
      error.description
        == "POST /channels/{channel.id}/messages failed: the bot lacks a permission for it, or its highest role is "
        + "not high enough. Give the bot's role SEND_MESSAGES, EMBED_LINKS, in the channel too, and move it above "
        + "the members and roles it acts on")
  }

  @Test func `field errors are flattened, and quote nothing of what was sent`() async throws {
    let error = try await error(
      400,
      #"""
      {"code": 50035, "message": "Invalid Form Body", "errors": {
        "embeds": {"0": {"title": {"_errors": [
          {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}]}}},
        "type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": "Value \"private words\" must be one of (0, 1)."}]}
      }}
      """#)
    #expect(error.fieldErrors.map(\.path) == ["embeds[0].title", "type"])
    #expect(
      error.description
        == "POST /channels/{channel.id}/messages failed: Discord found mistakes in the fields "
        + "(embeds[0].title: Must be 256 or fewer in length.; type: BASE_TYPE_CHOICES)")
    #expect(error.fieldErrors.last?.message.contains("private words") == true)
  }

  @Test func `no error shows ids, tokens or what Discord's message says`() async throws {
    for (status, code) in [(400, 1), (401, 0), (403, 50013), (404, 10003), (418, 77)] {
      let error = try await error(status, #"{"message": "private words", "code": \#(code)}"#)
      for secret in ["424242", "secret-token", "private words"] {
        #expect(!error.description.contains(secret))
      }
      #expect(error.description.hasPrefix("POST /channels/{channel.id}/messages failed: "))
    }
  }

  @Test func `an answer that is not what it should be is told apart from none`() async throws {
    let wrong = try await error(200, #"{"title": 1}"#)
    #expect(wrong.code == .unexpectedAnswer && wrong.kind == .bug)
    #expect(wrong.description.contains(#"missing JSON field "name""#))
    let empty = try await withAnswer(HTTPResponse(status: .noContent))
    #expect(empty?.code == .unexpectedAnswer)
    let page = try await withAnswer(
      HTTPResponse(status: .badRequest, contentType: "text/html", text: "<h1>no</h1>"))
    #expect(page?.discordCode == nil && page?.kind == .userMistake)
  }

  @Test func `a call that cannot be sent says why and is not sent`() async throws {
    try await withDiscord { _ in
      Answers.none
    } _: { bench in
      let refused = await failure { () async throws(RESTError) in
        try await bench.rest.send(post.refused(because: "embeds[0].title is too long"))
      }
      #expect(refused?.kind == .userMistake)
      #expect(refused?.description.hasSuffix("the call is not valid: embeds[0].title is too long") == true)
      #expect(bench.discord.received.values.isEmpty)
    }
  }

  @Test func `a channel cannot be renamed a third time, and the error says when it can`() async throws {
    try await withDiscord { _ in
      Answers.none
    } _: { bench in
      let rename = Endpoint<Empty>(.patch, "/channels/{channel.id}", ChannelID(1)).renamingChannel()
      for _ in 0..<2 { _ = try await bench.rest.send(rename) }
      let error = await failure { () async throws(RESTError) in try await bench.rest.send(rename) }
      #expect(error?.code == .rateLimited)
      #expect(error?.description.contains("twice in ten minutes. Try again in 10 min") == true)
      #expect(bench.discord.received.values.count == 2)
    }
  }
}

// The dashboard's pages of cases, and their search.

import DiscordCore
import EventLoop
import HTML
@testable import ModerationPlugin
import PlatformPlugins
import Resources
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct CasePageTests {
  private static let words = ComponentStrings { $0.rawValue }

  private func rendered(_ component: some HTMLComponent) -> String {
    String(decoding: HTMLWriter.bytes(strings: Self.words) { $0.add(component) }, as: UTF8.self)
  }

  @Test func `the list shows cases with links, and nothing of a reason as markup`() async throws {
    let strings = try ResourceFolder(of: "ModerationPlugin").catalog(language: "en")
    try await withCases(.embedded) { cases, _ async throws in
      _ = try await cases.record(draft(.ban, "a", because: "<script>alert(1)</script>"))
      _ = try await cases.record(draft(.warn, "b"))
      _ = try await cases.void(2, by: ben, because: "mistake", at: dayOne)
      let page = try await cases.find(CaseFilter())
      let html = rendered(
        CaseListView(
          people: CasePeople(guild: GuildID(1)), strings: strings, query: CaseQuery(["q": "\"spam"]),
          number: 1,
          page: page))
      #expect(html.contains("/g/1/moderation/case?number=1"))
      #expect(html.contains("&lt;script&gt;") && !html.contains("<script>"))
      #expect(html.contains("&quot;spam") && html.contains("2 cases") && html.contains("Deleted"))
      #expect(!html.contains("⟦"))
    }
  }

  @Test func `a case shows what is known about it, earlier reasons and the sealed message`() async throws {
    let strings = try ResourceFolder(of: "ModerationPlugin").catalog(language: "en")
    try await withCases(.embedded) { cases, _ async throws in
      _ = try await cases.record(
        draft(.timeout, "a", because: "old") {
          ($0.duration, $0.points) = (.seconds(5400), 1.5)
          $0.message = .init(channel: ChannelID(7), message: MessageID(8), content: "buy <b>now</b>")
        })
      _ = try await cases.changeReason(of: 1, to: "new", by: ben, at: dayOne, effectKey: "e")
      let record = try #require(try await cases.find(1))
      let html = rendered(
        CasePageView(
          people: CasePeople(guild: GuildID(1)), strings: strings, record: record,
          evidence: try await cases.evidence(of: record), revisions: try await cases.revisions(of: 1),
          child: 5,
          forms: CasePageView.Forms(edit: PostTarget("/e"), void: PostTarget("/v"))))
      for text in [
        "1h30m", "1.5", "https://discord.com/channels/1/7/8", "buy &lt;b&gt;now", ">old<", ">new<",
        "/g/1/moderation/case?number=5", "action=\"/e\"", "action=\"/v\"",
      ] {
        #expect(html.contains(text), "\(text)")
      }
      #expect(!html.contains("⟦"))
    }
  }

  @Test func `filters are read from fields, and written back into addresses`() {
    let query = CaseQuery([
      "q": "spam", "kind": "ban", "member": "<@80351110224678912>", "moderator": "x", "from": "2026-11-21",
      "until": "2026-11-21", "page": "2",
    ])
    let filter = query.filter
    #expect(filter.text == "spam" && filter.kind == .ban && filter.moderator == nil)
    #expect(filter.target == UserID(80_351_110_224_678_912))
    #expect(filter.since.map { filter.until == $0 + .seconds(86_400) } == true)
    #expect(query.fields.map(\.name) == ["q", "kind", "member", "from", "until"])
    #expect(CaseQuery(["from": "yesterday", "kind": "none"]).isEmpty)
  }

  @Test func `counts leave out what was deleted, and cases are read from a number on`() async throws {
    try await withCases(.embedded) { cases, _ async throws in
      let first = try await cases.record(draft(.ban, "a"))
      _ = try await cases.record(draft(.warn, "b"))
      #expect(try await cases.counts(of: [first.target, UserID(99)]) == [first.target: 2])
      _ = try await cases.void(2, by: ben, because: "mistake", at: dayOne)
      #expect(try await cases.counts(of: [first.target]) == [first.target: 1])
      #expect(try await cases.newest(after: 1, limit: 10).map(\.number) == [2])
    }
  }

  @Test func `a search is read as ids, kinds and words`() {
    let filter = CaseQuery.filter("kind:BAN by:80351110224678912 80351110224678913 free nitro kind:none")
    #expect(filter.kind == .ban && filter.moderator == UserID(80_351_110_224_678_912))
    #expect(filter.target == UserID(80_351_110_224_678_913) && filter.text == "free nitro kind:none")
    #expect(CaseQuery.filter("  ") == CaseFilter())
  }
}

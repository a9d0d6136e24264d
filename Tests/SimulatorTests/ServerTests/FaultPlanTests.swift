// Tests of ordered faults and of what the inspector shows.

import DiscordCore
import EventLoop
import JSON
import Testing

@testable import Simulator

@Suite struct FaultPlanTests {
  private var plan = FaultPlan()
  private let start = Timestamp(milliseconds: 1_767_225_600_000)

  @Test mutating func `an order strikes as often as it says, where it says`() {
    _ = plan.order(
      FaultOrder(
        .serverError(status: 503), application: ApplicationID(5),
        route: "POST /channels/{channel.id}/messages", count: 2),
      at: start)
    var site = FaultSite(
      application: ApplicationID(5), method: "POST", route: "/channels/{channel.id}/messages")
    var elsewhere = site
    elsewhere.method = "GET"
    #expect(plan.strike(elsewhere, at: start) { _ in true }.isEmpty)
    for _ in 1...2 { #expect(plan.strike(site, at: start) { _ in true } == [.serverError(status: 503)]) }
    #expect(plan.strike(site, at: start) { _ in true }.isEmpty)
    site.application = ApplicationID(6)
    #expect(plan.standing.isEmpty)
  }

  @Test mutating func `an order for a time lapses`() {
    _ = plan.order(FaultOrder(.duplicateEvents, count: nil, duration: .seconds(60)), at: start)
    for _ in 1...5 { #expect(plan.strike(FaultSite(), at: start + .seconds(59)) { !$0.isREST }.count == 1) }
    #expect(plan.strike(FaultSite(), at: start + .seconds(60)) { !$0.isREST }.isEmpty)
  }

  @Test(arguments: [
    (#"{"fault":"drop"}"#, Fault.dropConnection),
    (#"{"fault":"close","code":4009}"#, .closeConnection(code: 4009)),
    (#"{"fault":"invalid_session","resumable":true}"#, .invalidSession(resumable: true)),
    (
      #"{"fault":"rate_limit","scope":"shared","milliseconds":500}"#,
      .rateLimit(scope: .shared, retryAfter: .milliseconds(500))
    ),
    (#"{"fault":"server_error","status":503}"#, .serverError(status: 503)),
  ])
  func `orders are read from JSON`(text: String, fault: Fault) throws {
    #expect(FaultOrder(try JSONValue(parsing: Array(text.utf8)))?.fault == fault)
  }

  @Test(arguments: [#"{"fault":"earthquake"}"#, #"{"fault":"server_error","status":200}"#, #"{}"#])
  func `unknown orders are refused`(text: String) throws {
    #expect(FaultOrder(try JSONValue(parsing: Array(text.utf8))) == nil)
  }
}

@Suite struct InspectorRingTests {
  @Test func `tokens are blacked out`() {
    let text = InspectorRing.redacted(#"{"token":"abc.def.ghi","d":1,"access_token":"x"}"#)
    #expect(text == #"{"token":"…","d":1,"access_token":"…"}"#)
    #expect(
      InspectorRing.redacted("grant_type=code&client_secret=hush&code=abc")
        == "grant_type=code&client_secret=…&code=…")
    let token = String(repeating: "t", count: 60)
    #expect(
      InspectorRing.redacted("/api/v10/webhooks/123/\(token)/messages/@original")
        == "/api/v10/webhooks/123/…/messages/@original")
    #expect(InspectorRing.redacted("/api/v10/webhooks/123") == "/api/v10/webhooks/123")
  }

  @Test(arguments: [5, 6, 7, 20] as [UInt64])
  func `the ring forgets the oldest`(count: UInt64) {
    var ring = InspectorRing(capacity: 3)
    for number in 1...count {
      _ = ring.append(
        InspectorEntry(kind: .note, who: "", title: "\(number)"), at: Timestamp(milliseconds: 0))
    }
    #expect(ring.lines.map(\.number) == [count - 2, count - 1, count])
    #expect(ring.after(count - 1).map(\.number) == [count])
    #expect(ring.after(0).map(\.number) == [count - 2, count - 1, count])
    #expect(ring.after(count + 4).isEmpty)
  }

  @Test func `a line that is read has no tokens in it`() {
    var ring = InspectorRing()
    var entry = InspectorEntry(kind: .rest, who: "somebody", title: "POST /oauth2/token")
    entry.preview = #"{"access_token":"hush"}"#
    entry.request = "code=hush"
    entry.path = "/oauth2/token?client_secret=hush"
    let text = ring.append(entry, at: Timestamp(milliseconds: 0)).text
    #expect(!text.contains("hush"))
    #expect(text.contains("client_secret=…"))
  }
}

@Suite struct ArtistTests {
  @Test(arguments: [PictureKind.avatar, .icon, .banner, .emoji, .sticker, .roleIcon, .defaultAvatar])
  func `a name always gives the same picture, another name another`(kind: PictureKind) async throws {
    let first = try await Artist.png(of: kind, name: "1", size: 32)
    #expect(try await Artist.png(of: kind, name: "1", size: 32) == first)
    #expect(try await Artist.png(of: kind, name: "2", size: 32) != first)
    #expect(first.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
  }
}

// Tests of the limits and their words.

import EventLoop
import HTTPTypes
import JSON
import Testing

@testable import Simulator

@Suite struct RateLimiterTests {
  private var limiter = RateLimiter()
  private let start = Timestamp(milliseconds: 1_767_225_600_000)

  private func request(
    _ method: String = "POST", _ template: String = "/channels/{channel.id}/messages",
    caller: String = "bot 1",
    major: String = "10", exempt: Bool = false, hidden: HiddenLimit? = nil
  ) -> LimitedRequest {
    LimitedRequest(
      caller: caller, address: "127.0.0.1", method: method, template: template, major: major,
      isExemptFromGlobal: exempt, hidden: hidden)
  }

  @Test mutating func `the sixth message in five seconds waits for the rest of the window`() throws {
    for sent in 1...5 {
      guard case .admitted(let bucket) = limiter.admit(request(), at: start + .milliseconds(sent * 100))
      else {
        Issue.record("message \(sent) was refused")
        return
      }
      #expect(bucket.remaining == 5 - sent)
      #expect(bucket.limit == 5)
    }
    guard case .limited(let refusal) = limiter.admit(request(), at: start + .seconds(2)) else {
      Issue.record("the sixth was admitted")
      return
    }
    #expect(refusal.scope == .user)
    #expect(refusal.retryAfter == .milliseconds(3_100))
    #expect(refusal.fields["Retry-After"] == "4")
    #expect(refusal.fields["X-RateLimit-Reset-After"] == "3.100")
    #expect(refusal.body["retry_after"] == 3.1)
    guard case .admitted = limiter.admit(request(), at: start + .milliseconds(5_100)) else {
      Issue.record("the next window was closed")
      return
    }
  }

  @Test mutating func `channels, callers and routes count apart`() {
    for _ in 1...5 { _ = limiter.admit(request(), at: start) }
    for other in [
      request(major: "11"), request(caller: "bot 2"),
      request("PATCH", "/channels/{channel.id}/messages/{message.id}"),
    ] {
      guard case .admitted = limiter.admit(other, at: start) else {
        Issue.record("\(other) was refused")
        continue
      }
    }
  }

  @Test mutating func `fifty requests in a second are the most of a bot, callbacks aside`() {
    for number in 1...50 { _ = limiter.admit(request(major: "\(number)"), at: start) }
    guard case .limited(let refusal) = limiter.admit(request(major: "51"), at: start + .milliseconds(400))
    else {
      Issue.record("the 51st was admitted")
      return
    }
    #expect(refusal.scope == .global)
    #expect(refusal.fields["X-RateLimit-Global"] == "true")
    #expect(refusal.body["global"] == true)
    #expect(refusal.retryAfter == .milliseconds(600))
    guard case .admitted = limiter.admit(request(major: "51", exempt: true), at: start) else {
      Issue.record("an exempt request was refused")
      return
    }
  }

  @Test mutating func `a channel is renamed twice in ten minutes`() {
    let rename = request("PATCH", "/channels/{channel.id}", hidden: .channelRename("10"))
    for _ in 1...2 { _ = limiter.admit(rename, at: start) }
    guard case .limited(let refusal) = limiter.admit(rename, at: start + .seconds(10)) else {
      Issue.record("the third was admitted")
      return
    }
    #expect(refusal.retryAfter == .seconds(590))
    guard case .admitted = limiter.admit(request("PATCH", "/channels/{channel.id}"), at: start + .seconds(10))
    else {
      Issue.record("another change of the channel was refused")
      return
    }
  }

  @Test mutating func `a shared limit is filled by everybody and says so`() {
    for number in 1...50 {
      let hidden = request(
        "POST", "/guilds/{guild.id}/emojis", caller: "bot \(number)", hidden: .guildEmojis("7"))
      _ = limiter.admit(hidden, at: start)
    }
    let last = request("POST", "/guilds/{guild.id}/emojis", caller: "bot 99", hidden: .guildEmojis("7"))
    guard case .limited(let refusal) = limiter.admit(last, at: start) else {
      Issue.record("the 51st was admitted")
      return
    }
    #expect(refusal.scope == .shared)
    #expect(refusal.fields["X-RateLimit-Scope"] == "shared")
  }

  @Test mutating func `too many invalid requests block the address for ten minutes`() {
    limiter.invalidLimit = 3
    limiter.answered(status: 429, scope: .shared, address: "127.0.0.1", at: start)
    limiter.answered(status: 404, scope: nil, address: "127.0.0.1", at: start)
    for _ in 1...3 { limiter.answered(status: 401, scope: nil, address: "127.0.0.1", at: start) }
    #expect(limiter.invalidRequests(of: "127.0.0.1", at: start) == 3)
    #expect(limiter.admit(request(), at: start + .seconds(60)) == .blocked(retryAfter: .seconds(540)))
    guard case .admitted = limiter.admit(request(), at: start + .seconds(600)) else {
      Issue.record("the block did not end")
      return
    }
  }

  @Test mutating func `switched off, everything is admitted`() {
    limiter.isEnabled = false
    for _ in 1...200 {
      guard case .admitted = limiter.admit(request(), at: start) else {
        Issue.record("refused")
        return
      }
    }
  }
}

// Tests of who may answer an interaction, and when it is too late.

import DiscordCore
import EventLoop
import Testing

@testable import Simulator

@Suite struct InteractionBookTests {
  private var book = InteractionBook()
  private let start = Timestamp(milliseconds: 1_767_225_600_000)

  private mutating func add(_ id: UInt64, _ kind: InteractionKind = .command, message: UInt64? = nil) {
    book.add(
      Interaction(
        id: InteractionID(id), token: "token \(id)", application: ApplicationID(5), user: UserID(9),
        guild: nil,
        channel: ChannelID(3), kind: kind, message: message.map { MessageID($0) }, name: nil, nonce: nil,
        created: start))
  }

  private mutating func answer(
    _ id: UInt64, _ callback: InteractionCallback = .message, token: String? = nil, after: Duration = .zero
  ) -> InteractionRefusal? {
    do {
      _ = try book.acknowledge(
        InteractionID(id), token: token ?? "token \(id)", with: callback, at: start + after)
      return nil
    } catch { return error }
  }

  @Test mutating func `the first answer counts, the second is told so`() {
    add(1)
    #expect(answer(1, token: "wrong") == .unknown)
    #expect(answer(1) == nil)
    #expect(answer(1) == .acknowledged)
    #expect(answer(2) == .unknown)
  }

  @Test mutating func `three seconds are the limit`() {
    add(1)
    add(2)
    #expect(answer(1, after: .seconds(3)) == nil)
    #expect(answer(2, after: .milliseconds(3_001)) == .unknown)
    #expect(book.expire(at: start + .milliseconds(3_001)).map(\.id) == [InteractionID(2)])
    #expect(book.expire(at: start + .milliseconds(3_002)).isEmpty, "nobody is told twice")
  }

  @Test(arguments: [
    (
      InteractionKind.command, false,
      [InteractionCallback.message, .deferredMessage, .modal, .premiumRequired, .launchActivity]
    ),
    (
      .component, true,
      [.message, .deferredMessage, .deferredUpdate, .update, .modal, .premiumRequired, .launchActivity]
    ),
    (.autocomplete, false, [.autocompleteResult]),
    (.modal, false, [.message, .deferredMessage, .premiumRequired, .launchActivity]),
    (
      .modal, true, [.message, .deferredMessage, .deferredUpdate, .update, .premiumRequired, .launchActivity]
    ),
    (.ping, false, [.pong]),
  ])
  mutating func `each kind takes its own answers`(
    kind: InteractionKind, hasMessage: Bool, allowed: [InteractionCallback]
  ) {
    let all: [InteractionCallback] = [
      .pong, .message, .deferredMessage, .deferredUpdate, .update, .autocompleteResult, .modal,
      .premiumRequired,
      .launchActivity,
    ]
    for (index, callback) in all.enumerated() {
      let id = UInt64(index + 1)
      add(id, kind, message: hasMessage ? 77 : nil)
      #expect(answer(id, callback) == (allowed.contains(callback) ? nil : .wrongCallback), "\(callback)")
    }
  }

  @Test mutating func `the token lasts fifteen minutes`() throws {
    add(1)
    _ = try book.webhook(of: ApplicationID(5), token: "token 1", at: start + .seconds(900))
    #expect(throws: InteractionRefusal.unknownWebhook) {
      try book.webhook(of: ApplicationID(5), token: "token 1", at: start + .seconds(901))
    }
    #expect(throws: InteractionRefusal.unknownWebhook) {
      try book.webhook(of: ApplicationID(6), token: "token 1", at: start)
    }
  }
}

// Messages and answers as they are sent.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import Testing

@Suite struct MessageTests {
  @Test func `nobody is notified unless asked for`() throws {
    #expect(
      try encoded(MessageCreate("@everyone")) == #"{"content":"@everyone","allowed_mentions":{"parse":[]}}"#)
  }

  static let mentions: [(AllowedMentions, String)] = [
    (.reply, #"{"parse":[],"replied_user":true}"#),
    (.users, #"{"parse":["users"]}"#),
    (.only(UserID(1), UserID(2)), #"{"parse":[],"users":["1","2"]}"#),
    (.only(roles: RoleID(3)), #"{"parse":[],"roles":["3"]}"#),
    (AllowedMentions(everyone: true, roles: .all), #"{"parse":["everyone","roles"]}"#),
  ]

  @Test(arguments: mentions.indices)
  func `mentions are written as Discord reads them`(index: Int) throws {
    let (mentions, text) = Self.mentions[index]
    #expect(try encoded(mentions) == text)
  }

  @Test func `a full message is written as Discord reads it`() throws {
    var message = MessageCreate("hi").file(
      OutgoingFile("a.png", [1], description: "alt", isSpoiler: true)
    ).reply(to: MessageID(9), ping: true)
    message.nonce = "n"
    message.stickers = [StickerID(4)]
    try message.validate()
    #expect(
      try encoded(message)
        == #"{"content":"hi","attachments":[{"id":"0","filename":"a.png","description":"alt","is_spoiler":true}],"#
        + #""allowed_mentions":{"parse":[],"replied_user":true},"sticker_ids":["4"],"nonce":"n","enforce_nonce":true,"#
        + #""message_reference":{"message_id":"9","fail_if_not_exists":false}}"#)
  }

  @Test func `a forward points to channel and message and has nothing else`() throws {
    let forward = MessageCreate.forward(MessageID(1), from: ChannelID(2))
    try forward.validate()
    #expect(
      try encoded(forward)
        == #"{"allowed_mentions":{"parse":[]},"message_reference":{"type":1,"message_id":"1","channel_id":"2"}}"#
    )
  }

  static let refused: [(MessageCreate, CompositionError.Code, String)] = [
    (MessageCreate(), .missing, "content"),
    (MessageCreate("  \n"), .missing, "content"),
    (MessageCreate(String(repeating: "a", count: 2_001)), .tooLong, "content"),
    (with { $0.embeds = Array(repeating: Embed(title: "a"), count: 11) }, .tooMany, "embeds"),
    (with { $0.files = (0..<11).map { OutgoingFile("\($0)", []) } }, .tooMany, "attachments"),
    (
      with { $0.files = [OutgoingFile("a", []), OutgoingFile("a", [])] }, .duplicate,
      "attachments[1].filename"
    ),
    (with { $0.files = [OutgoingFile("../a", [])] }, .malformed, "attachments[0].filename"),
    (with { $0.stickers = (0..<4).map { StickerID($0) } }, .tooMany, "sticker_ids"),
    (with { $0.nonce = String(repeating: "n", count: 26) }, .tooLong, "nonce"),
    (
      with { $0.allowedMentions.users = .only((0..<101).map { UserID($0) }) }, .tooMany,
      "allowed_mentions.users"
    ),
    (with { $0.components = [.text("a")] }, .conflict, "content"),
    (with { $0.reference = .forward(of: MessageID(1), in: ChannelID(1)) }, .conflict, "message_reference"),
    (with { $0.flags = .isVoiceMessage }, .missing, "attachments"),
    (with { $0.poll = PollCreate("", ["a"]) }, .tooShort, "poll.question.text"),
    (with { $0.poll = PollCreate("q", []) }, .tooFew, "poll.answers"),
    (
      with { $0.poll = PollCreate("q", [.init(String(repeating: "a", count: 56))]) }, .tooLong,
      "poll.answers[0].poll_media.text"
    ),
    (with { $0.poll = PollCreate("q", ["a"], hours: 769) }, .outOfRange, "poll.duration"),
  ]

  private static func with(_ change: (inout MessageCreate) -> Void) -> MessageCreate {
    var message = MessageCreate("text")
    change(&message)
    return message
  }

  @Test(arguments: refused.indices)
  func `what Discord refuses is refused`(index: Int) {
    let (message, code, path) = Self.refused[index]
    let error = #expect(throws: CompositionError.self) { try message.validate() }
    #expect(error?.code == code)
    #expect(error?.path == path)
  }

  @Test func `files are checked against the limit the caller knows`() throws {
    let file = OutgoingFile("a", Array(repeating: 0, count: 11))
    try OutgoingFile.validateSizes(of: [file], limit: 11)
    #expect(throws: CompositionError.self) { try OutgoingFile.validateSizes(of: [file], limit: 10) }
  }

  @Test func `a webhook has a name of its own and neither nonce nor reply`() throws {
    let execute = WebhookExecute(
      MessageCreate("hi"), username: "Town crier", threadName: "News", appliedTags: [ForumTagID(1)])
    try execute.validate()
    #expect(
      try encoded(execute)
        == #"{"content":"hi","allowed_mentions":{"parse":[]},"username":"Town crier","thread_name":"News","#
        + #""applied_tags":["1"]}"#)
    #expect(throws: CompositionError.self) {
      try WebhookExecute(MessageCreate("a"), username: "Clyde").validate()
    }
    #expect(throws: CompositionError.self) {
      try WebhookExecute(MessageCreate("a").reply(to: MessageID(1))).validate()
    }
  }

  @Test func `an edit sends what changes and nothing else`() throws {
    #expect(try encoded(MessageEdit(content: "new")) == #"{"content":"new","allowed_mentions":{"parse":[]}}"#)
    var edit = MessageEdit()
    edit.content = .clear
    edit.embeds = []
    edit.keptAttachments = [AttachmentID(5)]
    edit.files = [OutgoingFile("b", [])]
    try edit.validate()
    #expect(
      try encoded(edit)
        == #"{"content":null,"embeds":[],"attachments":[{"id":"5"},{"id":"0","filename":"b"}],"#
        + #""allowed_mentions":{"parse":[]}}"#)
  }

  @Test func `replacing a message with components of the second generation takes text and embeds away`()
    throws
  {
    let edit = MessageEdit(replacingWith: MessageCreate([.text("a")]))
    try edit.validate()
    #expect(
      try encoded(edit)
        == #"{"content":null,"embeds":[],"components":[{"type":10,"content":"a"}],"attachments":[],"#
        + #""allowed_mentions":{"parse":[]},"flags":32768}"#)
  }

  static let responses: [(InteractionResponse, String)] = [
    (.pong, #"{"type":1}"#),
    (
      .message(MessageCreate("hi").ephemeral()),
      #"{"type":4,"data":{"content":"hi","allowed_mentions":{"parse":[]},"flags":64}}"#
    ),
    (.deferredMessage(), #"{"type":5}"#),
    (.deferredMessage(isEphemeral: true), #"{"type":5,"data":{"flags":64}}"#),
    (.deferredUpdate, #"{"type":6}"#),
    (
      .update(MessageEdit(content: "new")),
      #"{"type":7,"data":{"content":"new","allowed_mentions":{"parse":[]}}}"#
    ),
    (
      .autocomplete([CommandChoice("One", .integer(1))]),
      #"{"type":8,"data":{"choices":[{"name":"One","value":1}]}}"#
    ),
    (
      .modal(Modal("T", id: "m", [.text("x")])),
      #"{"type":9,"data":{"title":"T","custom_id":"m","components":[{"type":10,"content":"x"}]}}"#
    ),
    (.launchActivity, #"{"type":12}"#),
  ]

  @Test(arguments: responses.indices)
  func `answers are written as Discord reads them`(index: Int) throws {
    let (response, text) = Self.responses[index]
    try response.validate()
    #expect(try encoded(response) == text)
  }

  @Test func `more than 25 suggestions are refused`() {
    let choices = (0..<26).map { CommandChoice("\($0)") }
    #expect(throws: CompositionError.self) { try InteractionResponse.autocomplete(choices).validate() }
  }
}

@Suite struct PollTests {
  @Test func `a poll is asked as Discord reads it`() throws {
    let poll = PollCreate("Which?", ["a", .init("b", emoji: "☢️")], hours: 2, allowsMultiselect: true)
    try poll.validate()
    #expect(
      try encoded(poll)
        == #"{"question":{"text":"Which?"},"answers":[{"poll_media":{"text":"a"}},"#
        + #"{"poll_media":{"text":"b","emoji":{"name":"☢️"}}}],"duration":2,"allow_multiselect":true,"layout_type":1}"#
    )
  }

  @Test func `a poll is read with its results`() throws {
    let poll = try decoded(
      Poll.self,
      """
      {"question":{"text":"Which?"},"answers":[{"answer_id":1,"poll_media":{"text":"a","emoji":{"id":"5","name":"e"}}},
       {"poll_media":{}}],"expiry":"2026-01-01T00:00:00.000000+00:00","allow_multiselect":true,"layout_type":1,
       "results":{"is_finalized":true,"answer_counts":[{"id":1,"count":3,"me_voted":true},{"id":2}]},"new":1}
      """)
    #expect(poll.question.text == "Which?")
    #expect(poll.answers.map(\.id) == [1])
    #expect(poll.answers.first?.media.emoji?.id == EmojiID(5))
    #expect(poll.expiry == Timestamp(milliseconds: 1_767_225_600_000))
    let results = try #require(poll.results)
    #expect(results.isFinalized)
    #expect(results.counts.map { [$0.answer, $0.count, $0.meVoted ? 1 : 0] } == [[1, 3, 1]])
    #expect(poll.unknownFields["new"] == 1)
  }
}

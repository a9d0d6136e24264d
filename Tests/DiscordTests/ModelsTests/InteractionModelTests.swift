// Interactions of every kind as they are received.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import Testing

@Suite struct InteractionModelTests {
  /// An interaction in a guild with this type and data.
  private func interaction(type: Int, _ data: String) throws -> Interaction {
    try decode(
      """
      {"id":"1","application_id":"2","type":\(type),"data":\(data),"guild_id":"3","guild":{"id":"3",
      "locale":"en-US","features":["COMMUNITY","FEATURE_OF_TOMORROW"]},"channel_id":"4","channel":{"id":"4","type":0,
      "name":"general","permissions":"1024"},"member":{"user":{"id":"5","username":"nova"},"roles":["6"],
      "permissions":"2251799813685247","joined_at":"2024-01-02T03:04:05+00:00","flags":0,"deaf":false,"mute":false},
      "token":"aW50ZXJhY3Rpb246dG9rZW4","version":1,"app_permissions":"562949953601536","locale":"de",
      "guild_locale":"en-US","entitlements":[],"authorizing_integration_owners":{"0":"3"},"context":0,
      "attachment_size_limit":524288000}
      """)
  }

  @Test func `who, where, through whom, with which rights`() throws {
    let command = try interaction(type: 2, #"{"id":"10","name":"ping","type":1}"#)
    #expect(command.user?.id == UserID(5) && command.member?.permissions?.contains(.banMembers) == true)
    #expect(command.guild?.features == [.community, "FEATURE_OF_TOMORROW"] && command.locale == .german)
    #expect(command.owners == IntegrationOwners(guildID: GuildID(3)) && command.context == .guild)
    #expect(command.attachmentSizeLimit == 524_288_000 && command.channel?.permissions == .viewChannel)
    #expect(!"\(command)".contains("aW50ZXJhY3Rpb246dG9rZW4"), "a token never shows itself")
  }

  @Test func `options are a typed tree`() throws {
    let data = """
      {"id":"10","name":"role","type":1,"options":[{"name":"member","type":2,"options":[{"name":"add","type":1,
      "options":[{"name":"who","type":6,"value":"50"},{"name":"role","type":8,"value":"60"},
      {"name":"days","type":4,"value":7},{"name":"weight","type":10,"value":3},{"name":"silent","type":5,"value":true},
      {"name":"where","type":7,"value":"70"},{"name":"any","type":9,"value":"80"},{"name":"proof","type":11,
      "value":"90"},{"name":"reason","type":3,"value":"because"},{"name":"new","type":77,"value":{"a":1}}]}]}],
      "resolved":{"users":{"50":{"id":"50","username":"x"}},"members":{"50":{"roles":[]}},
      "roles":{"60":{"id":"60","name":"r"}},"channels":{"70":{"id":"70","app_permissions":"2048"}},
      "attachments":{"90":{"id":"90","filename":"f"}},"messages":{}}}
      """
    guard case .command(let command) = try interaction(type: 2, data).data else {
      Issue.record("no command")
      return
    }
    #expect(command.path.names == ["role", "member", "add"])
    #expect(command["who"] == .user(UserID(50)) && command["role"] == .role(RoleID(60)))
    #expect(command["days"] == .integer(7) && command["weight"] == .number(3))
    #expect(command["silent"] == .boolean(true) && command["where"] == .channel(ChannelID(70)))
    #expect(command["any"] == .mentionable(80) && command["proof"] == .attachment(AttachmentID(90)))
    #expect(command["reason"] == .string("because") && command["new"] == .unknown(["a": 1]))
    #expect(command["missing"] == nil && command.focused == nil)
    #expect(command.resolved.users[UserID(50)]?.username == "x" && command.resolved.members.count == 1)
    #expect(command.resolved.channels[ChannelID(70)]?.applicationPermissions == .sendMessages)
    #expect(command.resolved.attachments[AttachmentID(90)]?.filename == "f")
  }

  @Test func `a number that is being typed is text`() throws {
    let data =
      #"{"id":"10","name":"warn","type":1,"options":[{"name":"case","type":4,"value":"12","focused":true}]}"#
    guard case .autocomplete(let command) = try interaction(type: 4, data).data else {
      Issue.record("no autocomplete")
      return
    }
    #expect(command.focused?.name == "case" && command.focused?.value == .unfinished("12"))
  }

  @Test func `a context menu names its target`() throws {
    let data = """
      {"id":"10","name":"Report","type":3,"target_id":"7","resolved":{"messages":{"7":{"id":"7","channel_id":"4",
      "author":{"id":"5","username":"a"},"content":"bad"}}}}
      """
    guard case .command(let command) = try interaction(type: 2, data).data else {
      Issue.record("no command")
      return
    }
    #expect(command.type == .message && command.target == 7)
    #expect(command.resolved.messages[MessageID(7)]?.content == "bad")
  }

  @Test func `a menu with what was chosen`() throws {
    let data =
      #"{"custom_id":"roles:1","component_type":6,"id":3,"values":["60","61"],"resolved":{"roles":{}}}"#
    guard case .component(let component) = try interaction(type: 3, data).data else {
      Issue.record("no component")
      return
    }
    #expect(component.customID == "roles:1" && component.kind == .roleSelect && component.id == 3)
    #expect(component.ids(of: Entity.Role.self) == [RoleID(60), RoleID(61)])
  }

  @Test func `a form with rows, labels and the inputs of 2026`() throws {
    let data = """
      {"custom_id":"apply","components":[{"type":1,"components":[{"type":4,"custom_id":"why","value":"I like it"}]},
      {"type":10,"id":2},{"type":18,"id":3,"component":{"type":3,"id":4,"custom_id":"pick","values":["a","b"]}},
      {"type":18,"component":{"type":5,"custom_id":"friend","values":["50"]}},
      {"type":18,"component":{"type":19,"custom_id":"proof","values":["90"]}},
      {"type":18,"component":{"type":21,"custom_id":"one","value":"x"}},
      {"type":18,"component":{"type":21,"custom_id":"none","value":null}},
      {"type":18,"component":{"type":22,"custom_id":"many","values":[]}},
      {"type":18,"component":{"type":23,"custom_id":"agree","value":true}},
      {"type":18,"component":{"type":99,"custom_id":"tomorrow","wish":1}}],
      "resolved":{"attachments":{"90":{"id":"90"}}}}
      """
    guard case .modal(let form) = try interaction(type: 5, data).data else {
      Issue.record("no form")
      return
    }
    #expect(
      form.inputs.map(\.customID)
        == ["why", "pick", "friend", "proof", "one", "none", "many", "agree", "tomorrow"])
    #expect(form["why"]?.string == "I like it" && form["pick"] == .values(["a", "b"]))
    #expect(form["friend"]?.ids(of: Entity.User.self) == [UserID(50)])
    #expect(form["one"] == .choice("x") && form["none"] == .choice(nil) && form["many"] == .values([]))
    #expect(form["agree"] == .checked(true))
    #expect(form["tomorrow"] == .unknown(["type": 99, "custom_id": "tomorrow", "wish": 1]))
    #expect(form.resolved.attachments.count == 1)
  }

  @Test func `a form nested without end is read to a depth and no further`() throws {
    let levels = 200
    let text =
      String(repeating: #"{"type":1,"components":["#, count: levels) + String(repeating: "]}", count: levels)
    let form: ModalSubmission = try decode(#"{"custom_id":"x","components":[\#(text)]}"#)
    #expect(form.inputs.isEmpty)
  }

  @Test func `a kind or data that is not known is carried`() throws {
    #expect(try interaction(type: 42, #"{"a":1}"#).data == .unknown(["a": 1]))
    #expect(try interaction(type: 2, #"{"name":"no id"}"#).data == .unknown(["name": "no id"]))
    #expect(try interaction(type: 3, "null").data == .unknown(nil))
    let ping: Interaction = try decode(#"{"id":"1","application_id":"2","type":1,"token":"t","version":1}"#)
    #expect(ping.data == .ping && ping.user == nil && ping.attachmentSizeLimit == 10_485_760)
  }
}

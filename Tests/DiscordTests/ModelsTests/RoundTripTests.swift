// What is sent back to Discord says what Discord said, unknown fields included.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import Testing

@Suite struct RoundTripTests {
  private func expectReturn<Model: WireDecodable & WireEncodable & Equatable>(
    of text: String, as type: Model.Type, without dropped: Set<String> = []
  ) throws {
    let written = try encode(try decode(text, as: Model.self))
    var original = try JSONValue(parsing: Array(text.utf8)).object ?? JSONObject()
    original.fields.removeAll { dropped.contains($0.key) }
    let fields = written.object?.fields ?? []
    #expect(fields.sorted { $0.key < $1.key } == original.fields.sorted { $0.key < $1.key })
  }

  @Test func `an AutoMod rule`() throws {
    try expectReturn(
      of: """
        {"id":"1","guild_id":"2","creator_id":"3","name":"Words","event_type":1,"trigger_type":1,
        "trigger_metadata":{"keyword_filter":["a*"],"regex_patterns":["b+"],"allow_list":["c"],"new_list":[1]},
        "actions":[{"type":1,"metadata":{"custom_message":"No"}},
        {"type":2,"metadata":{"channel_id":"4"}},{"type":3,"metadata":{"duration_seconds":60}},
        {"type":9,"metadata":{"unheard":"of"}}],
        "enabled":true,"exempt_roles":["5"],"exempt_channels":[],"from_tomorrow":{"x":1}}
        """, as: AutoModerationRule.self, without: ["id", "guild_id", "creator_id"])
  }

  @Test func `a welcome screen`() throws {
    try expectReturn(
      of: """
        {"description":"Hello","welcome_channels":[{"channel_id":"1","description":"Rules","emoji_name":"📜"},
        {"channel_id":"2","description":"Chat","emoji_id":"3","emoji_name":"wave","x":null}],"enabled":true}
        """, as: WelcomeScreen.self)
  }

  @Test func `a recurrence rule`() throws {
    try expectReturn(
      of: """
        {"start":"2026-01-31T12:00:00Z","frequency":1,"interval":1,"by_n_weekday":[{"n":2,"day":1}],"odd":[]}
        """, as: RecurrenceRule.self)
    try expectReturn(
      of: #"{"start":"2026-01-31T12:00:00.250Z","frequency":2,"interval":2,"by_weekday":[5],"count":4}"#,
      as: RecurrenceRule.self)
  }

  @Test func `overwrites, and none of a kind that is not known`() throws {
    let list: [PermissionOverwrite] = try decode(
      """
      [{"id":"1","type":0,"allow":"1024","deny":"0"},{"id":"2","type":1,"allow":"0","deny":"9007199254740993"},
      {"id":"3","type":7,"allow":"0","deny":"0"}]
      """)
    #expect(
      list == [
        PermissionOverwrite(.role(RoleID(1)), allow: .viewChannel),
        PermissionOverwrite(.member(UserID(2)), deny: Permissions(rawValue: 9_007_199_254_740_993)),
      ])
    #expect(try decode(try encode(list), as: [PermissionOverwrite].self) == list)
  }

  @Test func `forum tags, default reactions, colours, permissions of commands`() throws {
    try expectReturn(
      of: #"{"id":"1","name":"Bug","moderated":true,"emoji_name":"🐛","hue":3}"#, as: ForumTag.self)
    try expectReturn(of: #"{"emoji_id":null,"emoji_name":"👍"}"#, as: DefaultReaction.self)
    try expectReturn(
      of: #"{"primary_color":1,"secondary_color":2,"tertiary_color":null}"#, as: RoleColors.self)
    try expectReturn(
      of: #"{"id":"18446744073709551615","type":3,"permission":false}"#, as: CommandPermission.self)
  }

  @Test func `an onboarding, its emoji spread over three fields as Discord takes them`() throws {
    let onboarding: GuildOnboarding = try decode(
      """
      {"guild_id":"1","enabled":true,"mode":7,"default_channel_ids":["2"],"later":1,"prompts":[{"id":"3","type":1,
      "title":"Play?","single_select":true,"required":false,"in_onboarding":true,"soon":"x","options":[{"id":"4",
      "title":"Yes","description":null,"role_ids":["5"],"channel_ids":[],"emoji":{"id":null,"name":"🎮",
      "animated":false},"odd":true}]}]}
      """)
    let expected: JSONValue = [
      "prompts": [
        [
          "id": "3", "type": 1,
          "options": [
            [
              "id": "4", "channel_ids": [], "role_ids": ["5"], "emoji_id": nil, "emoji_name": "🎮",
              "emoji_animated": false, "title": "Yes", "description": nil, "odd": true,
            ]
          ],
          "title": "Play?", "single_select": true, "required": false, "in_onboarding": true, "soon": "x",
        ]
      ],
      "default_channel_ids": ["2"], "enabled": true, "mode": 7, "later": 1,
    ]
    #expect(try encode(onboarding) == expected)
  }

  @Test func `a form for newcomers`() throws {
    try expectReturn(
      of: """
        {"version":"2026-01-01T00:00:00+00:00","description":"Hi","form_fields":[{"field_type":"TERMS",
        "label":"Rules","required":true,"values":["Be kind"]},{"field_type":"OATH","label":"?","required":false,
        "choices":["a","b"],"response":1,"extra":0}]}
        """, as: MemberVerification.self, without: ["version"])
  }
}

// Invite links ask for no more than is needed, and differences are told in words.

import DiscordCore
import PlatformBots
import PlatformText
import Testing

@Suite struct BotInviteTests {
  @Test func `a link asks for what the features need together`() {
    let invite = BotInvite(needed: [[.sendMessages, .viewChannel], [.manageRoles, .viewChannel]])
    #expect(invite.permissions == [.sendMessages, .viewChannel, .manageRoles])
    #expect(
      invite.address(of: ApplicationID(42))
        == "https://discord.com/api/v10/oauth2/authorize?client_id=42&scope=bot%20applications.commands&permissions=268438528"
    )
    let chosen = invite.address(of: ApplicationID(42), guild: GuildID(7), base: "http://127.0.0.1:1/api/v10")
    #expect(chosen.hasPrefix("http://127.0.0.1:1/api/v10/oauth2/authorize?"))
    #expect(chosen.hasSuffix("&guild_id=7&disable_guild_select=true"))
    #expect(BotInvite(needed: []).permissions == [])
  }

  @Test func `what is missing and what is too much is named`() {
    let difference = PermissionDifference(
      needed: [.sendMessages, .manageRoles], granted: [.sendMessages, .banMembers, .addReactions])
    #expect(difference.missing == .manageRoles)
    // Adding reactions has power over nobody.
    #expect(difference.surplus == .banMembers)
    #expect(
      difference.sentences == [
        Sentence("bot.permissions.missing", ["permissions": "manage roles"]),
        Sentence("bot.permissions.surplus", ["permissions": "ban members"]),
      ])
  }

  @Test func `an administrator lacks nothing and has too much`() {
    let difference = PermissionDifference(needed: .manageRoles, granted: .administrator)
    #expect(difference.missing == [])
    #expect(difference.sentences.map(\.key) == ["bot.permissions.surplus"])
    #expect(PermissionDifference(needed: .sendMessages, granted: .sendMessages).sentences == [])
  }
}

// What the contract's table of capabilities says.

import DiscordCore
import JSON
import SandboxContract
import Testing

@Suite struct CapabilityTests {
  @Test func `there are 72 methods, each with what it needs`() {
    #expect(GuestCapability.methodNames.count == 72)
    #expect(GuestCapability.needed(by: "discord.ban_member") == [.banMembers])
    #expect(GuestCapability.needed(by: "metrics.record") == [])
    #expect(GuestCapability.needed(by: "discord.pin_message") == [.sendMessage, .editMessage])
    #expect(GuestCapability.needed(by: "host.shutdown") == nil)
  }

  @Test func `an error carries what the SDK reads`() {
    let error = RPCError(.rateLimited, "slow down", retryAfter: 1.5)
    #expect(error.json == ["message": "slow down", "code": "RATE_LIMITED", "retry_after": 1.5])
    let denied = RPCError(.botMissingPermission, "no", permission: "ban_members")
    #expect(denied.json["permission"]?.string == "ban_members")
  }

  @Test func `an uploaded plugin does not get the secrets of the one whose id it bears`() {
    let manifest = GuestManifest(id: "polls", name: "Polls", version: "1")
    let own = GuestRelease(manifest: manifest, digest: "a", origin: .guild(GuildID(5)))
    let published = GuestRelease(manifest: manifest, digest: "a")
    #expect(own.developer != published.developer)
    #expect(own != published, "they share no worker")
  }

  @Test func `message text takes both the capability and the choice`() {
    var grants = GuestGrants(capabilities: [.messageContent])
    #expect(!grants.seesContent)
    grants.privacy = .full
    #expect(grants.seesContent)
    grants.capabilities = []
    #expect(!grants.seesContent)
  }
}

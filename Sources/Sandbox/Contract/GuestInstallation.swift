// A plugin in a server: what was chosen when it was let in.

package import DiscordCore
package import EventLoop
import JSON

/// How much of people's messages a plugin sees (plugin-host contract, section 12.5).
package enum GuestPrivacy: String, Sendable, Hashable, CaseIterable {
  /// Messages as they are, if `events:message_content` is granted.
  case full
  /// Who, where and when, and never what.
  case metadata
}

/// What a server's owner allowed a plugin. Changes hold from the next call on.
package struct GuestGrants: Hashable, Sendable {
  /// Capabilities that were asked for and granted.
  package var capabilities: Set<GuestCapability>
  /// Domains that were asked for and granted; sub-domains of each count.
  package var domains: [String]
  package var privacy: GuestPrivacy
  /// Whether roles with dangerous permissions may be handed out (section 10.6).
  package var allowsDangerousRoles: Bool

  package init(
    capabilities: Set<GuestCapability> = [], domains: [String] = [], privacy: GuestPrivacy = .metadata,
    allowsDangerousRoles: Bool = false
  ) {
    (self.capabilities, self.domains, self.privacy) = (capabilities, domains, privacy)
    self.allowsDangerousRoles = allowsDangerousRoles
  }

  /// Whether message text may be seen.
  package var seesContent: Bool { privacy == .full && capabilities.contains(.messageContent) }
}

/// Who brought a plugin.
package enum GuestOrigin: Hashable, Sendable {
  /// The operator: for every server that wants it. Its developer's secrets are its own.
  case installation
  /// A server's owner, for that server alone: it never shares a worker with another server's.
  case guild(GuildID)
}

/// A version of a plugin: what one pool of workers runs.
package struct GuestRelease: Hashable, Sendable {
  package let manifest: GuestManifest
  package let origin: GuestOrigin
  /// SHA-256 of the zip, in hex: the same plugin and version with other content is another release.
  package let digest: String

  package init(manifest: GuestManifest, digest: String, origin: GuestOrigin = .installation) {
    (self.manifest, self.digest, self.origin) = (manifest, digest, origin)
  }

  /// The zip and who brought it decide; the manifest is of the zip.
  package static func == (one: GuestRelease, other: GuestRelease) -> Bool {
    one.digest == other.digest && one.origin == other.origin && one.plugin == other.plugin
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(digest)
    hasher.combine(origin)
  }

  package var plugin: String { manifest.id }
  /// Whose the developer's secrets are: a zip that somebody uploaded for one server gets none that belong to the plugin
  /// whose id it bears.
  package var developer: String {
    switch origin {
    case .installation: plugin
    case .guild(let guild): "\(plugin)@\(guild)"
    }
  }
  package var version: String { manifest.version }
}

/// One plugin in one server.
package struct GuestInstallation: Hashable, Sendable {
  package let guild: GuildID
  package let release: GuestRelease
  package var grants: GuestGrants
  package var isEnabled: Bool
  package let installedAt: Timestamp

  package init(
    guild: GuildID, release: GuestRelease, grants: GuestGrants, isEnabled: Bool, installedAt: Timestamp
  ) {
    (self.guild, self.release, self.grants) = (guild, release, grants)
    (self.isEnabled, self.installedAt) = (isEnabled, installedAt)
  }

  package var plugin: String { release.plugin }
}

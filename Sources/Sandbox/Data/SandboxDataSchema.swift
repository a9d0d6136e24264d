// The tables of this room, for whoever puts an installation together.

package import Storage

/// Everything that third-party plugins store, and what is stored around them.
package enum SandboxDataSchema {
  /// Declared in a guild's store.
  package static let guild: [SchemaOwner] = [
    KVSchema.owner, SecretSchema.guild, MetricSchema.owner, LogSchema.guild, HostSchema.owner,
    DeadLetterSchema.owner,
  ]
  /// Declared in the platform's store.
  package static let platform: [SchemaOwner] = [
    SecretSchema.platform, LogSchema.platform, RequestLimitSchema.owner,
  ]
}

// What a plugin's manifest says, once it was read (plugin-host contract, sections 18 to 22).

package import JSON

/// The manifest of one version of a third-party plugin.
package struct GuestManifest: Hashable, Sendable {
  /// A slash command as Discord shall have it.
  package struct Command: Hashable, Sendable {
    package let name: String
    /// As in the manifest, without what is ours: name, description, options and the rest that Discord takes.
    package let definition: JSONObject
    /// `defer_on_dispatch`: nil where the manifest does not say (section 14).
    package let defersOnDispatch: Bool?

    package init(name: String, definition: JSONObject, defersOnDispatch: Bool?) {
      (self.name, self.definition, self.defersOnDispatch) = (name, definition, defersOnDispatch)
    }
  }

  /// An entry of `cron`.
  package struct CronEntry: Hashable, Sendable {
    package let name: String
    /// As written, for the payload.
    package let spec: String

    package init(name: String, spec: String) { (self.name, self.spec) = (name, spec) }
  }

  package var id: String
  /// What people call it.
  package var name: String
  package var version: String
  package var description = ""
  /// Empty where the manifest does not say.
  package var author = ""
  /// An https address, or empty.
  package var homepage = ""
  /// An https address of a picture, or empty.
  package var icon = ""
  /// At most 10, of at most 32 characters.
  package var tags: [String] = []
  /// Everything asked for, by any of the four keys and found in the sources; sorted.
  package var capabilities: [GuestCapability] = []
  package var commands: [Command] = []
  package var cron: [CronEntry] = []
  /// Bare hosts, in lower case.
  package var domains: [String] = []
  /// Event types that some file of the plugin names in `on_event`; nil when they cannot be told, so all are sent.
  package var events: Set<String>?
  /// The dashboard's manifest as it was found to be right, from whichever place it came; nil without a dashboard.
  package var dashboard: JSONObject?
  /// Lines of `requirements.txt` besides the SDK.
  package var requirements: [String] = []

  package init(id: String, name: String, version: String) {
    (self.id, self.name, self.version) = (id, name, version)
  }
}

// Routes of https://discord.com/developers/docs/resources/application and of its role connections.

package import DiscordCore
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == Application {
  /// The application the bot's token belongs to.
  package static func getCurrentApplication() -> Endpoint { Endpoint(.get, "/applications/@me") }

  /// Changes what is said of the application and where Discord calls it.
  package static func modifyCurrentApplication(_ change: ApplicationEdit) -> Endpoint {
    Endpoint(.patch, "/applications/@me").json(change).repeatable()
  }
}

extension Endpoint where Response == JSONValue {
  /// An activity that runs: who takes part, and where.
  package static func getActivityInstance(
    _ instance: String, of application: ApplicationID
  ) -> Endpoint {
    Endpoint(
      .get, "/applications/{application.id}/activity-instances/{instance_id}", application, instance)
  }
}

extension Endpoint where Response == [RoleConnectionMetadata] {
  /// What a user's connection with the application can say of them.
  package static func getRoleConnectionMetadata(of application: ApplicationID) -> Endpoint {
    Endpoint(.get, "/applications/{application.id}/role-connections/metadata", application)
  }

  /// Replaces all of them; at most five.
  package static func updateRoleConnectionMetadata(
    _ metadata: [RoleConnectionMetadata], of application: ApplicationID
  ) -> Endpoint {
    Endpoint(.put, "/applications/{application.id}/role-connections/metadata", application).json(metadata)
  }
}

// MARK: Bodies and answers

/// A change of the application itself.
package struct ApplicationEdit: ChangeBody {
  package var description: String?
  package var icon: Patch<DataURI> = .keep
  package var coverImage: Patch<DataURI> = .keep
  /// Only those of limited intents can be changed.
  package var flags: Int?
  /// Discord calls it before it takes it: the endpoint must answer already.
  package var interactionsEndpointURL: Patch<String> = .keep
  package var roleConnectionsVerificationURL: Patch<String> = .keep
  package var customInstallURL: Patch<String> = .keep
  package var installParameters: Patch<InstallParameters> = .keep
  /// By installation context: 0 guild, 1 user.
  package var integrationTypes: [Int: InstallParameters?]?
  /// At most five of at most 20 characters.
  package var tags: [String]?
  package var eventWebhooksURL: Patch<String> = .keep
  /// 1 off, 2 on.
  package var eventWebhooksStatus: Int?
  package var eventWebhooksTypes: [String]?

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      if let description {
        json.object("description") { json in json.field("default", description) }
      }
      json.patch("icon", icon)
      json.patch("cover_image", coverImage)
      json.optional("flags", flags)
      json.patch("interactions_endpoint_url", interactionsEndpointURL)
      json.patch("role_connections_verification_url", roleConnectionsVerificationURL)
      json.patch("custom_install_url", customInstallURL)
      json.patch("install_params", installParameters)
      writeIntegrationTypes(to: &json)
      json.optional("tags", tags)
      json.patch("event_webhooks_url", eventWebhooksURL)
      json.optional("event_webhooks_status", eventWebhooksStatus)
      json.optional("event_webhooks_types", eventWebhooksTypes)
    }
  }

  private func writeIntegrationTypes(to json: inout JSONWriter) {
    guard let integrationTypes else { return }
    json.object("integration_types_config") { json in
      for (type, parameters) in integrationTypes.sorted(by: { $0.key < $1.key }) {
        json.key(String(type))
        json.object { json in
          json.optional("oauth2_install_params", parameters)
        }
      }
    }
  }
}

/// Something a connection says of a user, and how it is compared
/// (https://discord.com/developers/docs/resources/application-role-connection-metadata).
package struct RoleConnectionMetadata: Hashable, WireDecodable, WireEncodable {
  /// 1 to 4 whole numbers (at most, at least, equal, not equal), 5 and 6 dates, 7 and 8 yes or no.
  package var type: Int
  /// `[a-z0-9_]`, at most 50 characters.
  package var key: String
  package var name: String
  package var nameLocalizations: [String: String]
  package var description: String
  package var descriptionLocalizations: [String: String]

  package init(
    type: Int, key: String, name: String, description: String, nameLocalizations: [String: String] = [:],
    descriptionLocalizations: [String: String] = [:]
  ) {
    (self.type, self.key, self.name, self.description) = (type, key, name, description)
    (self.nameLocalizations, self.descriptionLocalizations) = (nameLocalizations, descriptionLocalizations)
  }

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      type: try json.require("type").asInt(), key: try json.require("key").asString(),
      name: json["name"]?.string ?? "", description: json["description"]?.string ?? "",
      nameLocalizations: json.localizations("name_localizations"),
      descriptionLocalizations: json.localizations("description_localizations"))
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("type", type)
      json.field("key", key)
      json.field("name", name)
      json.localizations("name_localizations", nameLocalizations)
      json.field("description", description)
      json.localizations("description_localizations", descriptionLocalizations)
    }
  }
}

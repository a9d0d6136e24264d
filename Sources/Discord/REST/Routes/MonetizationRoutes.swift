// Routes of https://discord.com/developers/docs/resources/entitlement, /sku and /subscription.

package import DiscordCore
package import DiscordModels
import HTTPTypes
import JSON

extension Endpoint where Response == [Entitlement] {
  /// What was bought; 100 unless said.
  package static func listEntitlements(
    of application: ApplicationID, _ filter: EntitlementFilter = EntitlementFilter(),
    _ page: Page<EntitlementID> = .first, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/applications/{application.id}/entitlements", application)
      .query("user_id", filter.user).query("guild_id", filter.guild).list("sku_ids", filter.skus)
      .query("exclude_ended", filter.excludesEnded).query("exclude_deleted", filter.excludesDeleted)
      .page(page, limit: limit)
  }
}

extension Endpoint where Response == Entitlement {
  /// One entitlement, valid or not.
  package static func getEntitlement(
    _ entitlement: EntitlementID, of application: ApplicationID
  ) -> Endpoint {
    Endpoint(.get, "/applications/{application.id}/entitlements/{entitlement.id}", application, entitlement)
  }

  /// Gives a user or guild something without payment, to try it.
  package static func createTestEntitlement(
    of sku: SKUID, to owner: EntitlementOwner, application: ApplicationID
  ) -> Endpoint {
    Endpoint(.post, "/applications/{application.id}/entitlements", application)
      .json { json in
        json.object { json in
          json.field("sku_id", sku)
          switch owner {
          case .guild(let id):
            json.field("owner_id", id)
            json.field("owner_type", 1)
          case .user(let id):
            json.field("owner_id", id)
            json.field("owner_type", 2)
          }
        }
      }
  }
}

extension Endpoint where Response == Empty {
  /// Says that something that can be used once was used.
  package static func consumeEntitlement(
    _ entitlement: EntitlementID, of application: ApplicationID
  ) -> Endpoint {
    Endpoint(
      .post, "/applications/{application.id}/entitlements/{entitlement.id}/consume", application, entitlement
    ).repeatable()
  }

  /// Takes back what `createTestEntitlement` gave; what was paid for cannot be deleted.
  package static func deleteTestEntitlement(
    _ entitlement: EntitlementID, of application: ApplicationID
  ) -> Endpoint {
    Endpoint(
      .delete, "/applications/{application.id}/entitlements/{entitlement.id}", application, entitlement)
  }
}

extension Endpoint where Response == [SKU] {
  /// What the application sells.
  package static func listSKUs(of application: ApplicationID) -> Endpoint<[SKU]> {
    Endpoint(.get, "/applications/{application.id}/skus", application)
  }
}

extension Endpoint where Response == [Subscription] {
  /// A user's subscriptions of something; the user may be left out with a user's own token only.
  package static func listSubscriptions(
    of sku: SKUID, user: UserID?, _ page: Page<SubscriptionID> = .first, limit: Int? = nil
  ) -> Endpoint {
    Endpoint(.get, "/skus/{sku.id}/subscriptions", sku).query("user_id", user).page(page, limit: limit)
  }
}

extension Endpoint where Response == Subscription {
  /// One subscription of a user.
  package static func getSubscription(
    _ subscription: SubscriptionID, of sku: SKUID, user: UserID? = nil
  ) -> Endpoint {
    Endpoint(.get, "/skus/{sku.id}/subscriptions/{subscription.id}", sku, subscription).query("user_id", user)
  }
}

/// Which entitlements are asked for.
package struct EntitlementFilter: Hashable, Sendable {
  package var user: UserID?
  package var guild: GuildID?
  package var skus: [SKUID]
  package var excludesEnded: Bool?
  package var excludesDeleted: Bool?

  package init(
    user: UserID? = nil, guild: GuildID? = nil, skus: [SKUID] = [], excludesEnded: Bool? = nil,
    excludesDeleted: Bool? = nil
  ) {
    (self.user, self.guild, self.skus) = (user, guild, skus)
    (self.excludesEnded, self.excludesDeleted) = (excludesEnded, excludesDeleted)
  }
}

/// Who owns an entitlement.
package enum EntitlementOwner: Hashable, Sendable {
  case guild(GuildID)
  case user(UserID)
}

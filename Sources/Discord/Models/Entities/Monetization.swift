// What people bought of an application: products, entitlements, subscriptions.

package import DiscordCore
package import EventLoop
package import JSON

/// https://discord.com/developers/docs/resources/sku#sku-object-sku-types
package struct SKUType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let durable = SKUType(rawValue: 2)
  package static let consumable = SKUType(rawValue: 3)
  package static let subscription = SKUType(rawValue: 5)
  package static let subscriptionGroup = SKUType(rawValue: 6)
}

/// Whom a product is for.
package struct SKUFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let available = SKUFlags(bit: 2)
  package static let guildSubscription = SKUFlags(bit: 7)
  package static let userSubscription = SKUFlags(bit: 8)
}

/// A product (https://discord.com/developers/docs/resources/sku#sku-object).
package struct SKU: Equatable, Sendable {
  package var id: SKUID
  package var type: SKUType
  package var applicationID: ApplicationID?
  package var name: String
  package var slug: String
  package var flags: SKUFlags
}

private enum SKUField: Int, JSONFieldName {
  case id, type, applicationID, name, slug, flags
  static let keys = JSONKeys<SKUField>(
    "id", "type", "application_id", "name", "slug", "flags")
}

extension SKU: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(SKUField.keys)
    id = try fields.value(.id)
    type = fields.value(.type, default: .subscription)
    applicationID = fields.optional(.applicationID)
    name = fields.value(.name, default: "")
    slug = fields.value(.slug, default: "")
    flags = fields.value(.flags, default: [])
  }
}

/// How somebody came by a product.
package struct EntitlementType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let purchase = EntitlementType(rawValue: 1)
  package static let premiumSubscription = EntitlementType(rawValue: 2)
  package static let developerGift = EntitlementType(rawValue: 3)
  package static let testModePurchase = EntitlementType(rawValue: 4)
  package static let freePurchase = EntitlementType(rawValue: 5)
  package static let userGift = EntitlementType(rawValue: 6)
  package static let premiumPurchase = EntitlementType(rawValue: 7)
  package static let applicationSubscription = EntitlementType(rawValue: 8)
  package static let questReward = EntitlementType(rawValue: 10)
}

/// A right to a product (https://discord.com/developers/docs/resources/entitlement#entitlement-object).
package struct Entitlement: Equatable, Sendable {
  package var id: EntitlementID
  package var skuID: SKUID
  package var applicationID: ApplicationID?
  package var userID: UserID?
  package var guildID: GuildID?
  package var type: EntitlementType
  package var isDeleted: Bool
  package var startsAt: Timestamp?
  /// Nil for one that does not end.
  package var endsAt: Timestamp?
  /// Of consumables.
  package var isConsumed: Bool

  package func isValid(at now: Timestamp) -> Bool {
    !isDeleted && (startsAt.map { $0 <= now } ?? true) && (endsAt.map { $0 > now } ?? true)
  }
}

private enum EntitlementField: Int, JSONFieldName {
  case id, skuID, applicationID, userID, guildID, type, isDeleted, startsAt, endsAt, isConsumed
  static let keys = JSONKeys<EntitlementField>(
    "id", "sku_id", "application_id", "user_id", "guild_id", "type", "deleted", "starts_at", "ends_at",
    "consumed")
}

extension Entitlement: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(EntitlementField.keys)
    id = try fields.value(.id)
    skuID = try fields.value(.skuID)
    applicationID = fields.optional(.applicationID)
    userID = fields.optional(.userID)
    guildID = fields.optional(.guildID)
    type = fields.value(.type, default: .applicationSubscription)
    isDeleted = fields.value(.isDeleted, default: false)
    startsAt = fields.optional(.startsAt)
    endsAt = fields.optional(.endsAt)
    isConsumed = fields.value(.isConsumed, default: false)
  }
}

/// Never to be taken for a right: that is the entitlement.
package struct SubscriptionStatus: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let active = SubscriptionStatus(rawValue: 0)
  /// As Discord documents it; its own description of the interface has these two the other way round.
  package static let ending = SubscriptionStatus(rawValue: 1)
  package static let inactive = SubscriptionStatus(rawValue: 2)
}

/// https://discord.com/developers/docs/resources/subscription#subscription-object
package struct Subscription: Equatable, Sendable {
  package var id: SubscriptionID
  package var userID: UserID
  package var skuIDs: [SKUID]
  package var entitlementIDs: [EntitlementID]
  package var renewalSKUIDs: [SKUID]
  package var currentPeriodStart: Timestamp?
  package var currentPeriodEnd: Timestamp?
  package var status: SubscriptionStatus
  package var canceledAt: Timestamp?
  package var country: String?
}

private enum SubscriptionField: Int, JSONFieldName {
  case id, userID, skuIDs, entitlementIDs, renewalSKUIDs, currentPeriodStart, currentPeriodEnd, status,
    canceledAt, country
  static let keys = JSONKeys<SubscriptionField>(
    "id", "user_id", "sku_ids", "entitlement_ids", "renewal_sku_ids", "current_period_start",
    "current_period_end", "status", "canceled_at", "country")
}

extension Subscription: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(SubscriptionField.keys)
    id = try fields.value(.id)
    userID = try fields.value(.userID)
    skuIDs = fields.list(.skuIDs)
    entitlementIDs = fields.list(.entitlementIDs)
    renewalSKUIDs = fields.list(.renewalSKUIDs)
    currentPeriodStart = fields.optional(.currentPeriodStart)
    currentPeriodEnd = fields.optional(.currentPeriodEnd)
    status = try fields.value(.status)
    canceledAt = fields.optional(.canceledAt)
    country = fields.optional(.country)
  }
}

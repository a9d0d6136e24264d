// A bag of values by type: what routes carry for others to read, and what middleware leaves for handlers.

/// A key of `TypedValues`: a type that names a value and its default.
///
///     enum RequiredRole: RouteAttribute { static var defaultValue: Role { .owner } }
package protocol TypedKey {
  associatedtype Value: Sendable
  static var defaultValue: Value { get }
}

/// A key for what routes declare about themselves.
package protocol RouteAttribute: TypedKey {}

/// Values by key type. Copying is cheap.
package struct TypedValues: Sendable {
  private var storage: [ObjectIdentifier: any Sendable] = [:]

  package init() {}

  package subscript<Key: TypedKey>(key: Key.Type) -> Key.Value {
    get {
      guard !storage.isEmpty else { return Key.defaultValue }
      return storage[ObjectIdentifier(key)] as? Key.Value ?? Key.defaultValue
    }
    set { storage[ObjectIdentifier(key)] = newValue }
  }

  /// A bag with one value, to start a chain: `.with(RequiredRole.self, .manager).with(BodyLimit.self, 4096)`.
  package static func with<Key: TypedKey>(_ key: Key.Type, _ value: Key.Value) -> TypedValues {
    TypedValues().with(key, value)
  }

  /// A copy with one more value.
  package func with<Key: TypedKey>(_ key: Key.Type, _ value: Key.Value) -> TypedValues {
    var copy = self
    copy[key] = value
    return copy
  }
}

// What one plugin offers to others: a name with a type.

/// Something one plugin provides and others use, such as `Capability<any Sanctioning>.sanctions`. Declared in the
/// platform, so that neither plugin imports the other.
package struct Capability<Value: Sendable>: Sendable {
  package let name: String

  package init(_ name: String) { self.name = name }
}

// The words that components bring, out of the catalog.

package import HTML
package import Resources

extension StringCatalog {
  /// The words of the design system's components in this language, each under `component.<key>`.
  package var componentStrings: ComponentStrings {
    ComponentStrings { self[dynamic: "component.\($0.rawValue)"] }
  }
}

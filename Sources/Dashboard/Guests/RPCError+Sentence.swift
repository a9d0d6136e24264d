// Why a plugin could not be asked, for people: errors of the host are in English, and for the plugin's author.

package import Resources
import SandboxArtifacts
package import SandboxContract

extension RPCError {
  /// What people read when a plugin's page could not ask `method`. A plugin's own words are never in an error: they come
  /// with its answer (`GuestFailure`).
  package func sentence(asking method: String, _ strings: StringCatalog) -> String {
    let name = GuestDashboard.bareName(method)
    switch code {
    case .notFound: return strings["guest.call.off"]
    case .validation: return strings["guest.call.tooLarge"]
    // The SDK's own words for it, which the contract has in section 11.5.
    case .upstream where message == "unknown method: dashboard.\(name)":
      return strings("guest.call.noHandler", ["method": name])
    case .upstream: return strings["guest.call.noAnswer"]
    default: return strings["guest.call.failed"]
    }
  }
}

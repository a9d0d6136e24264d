// The filters of system calls in the form that the engine at hand takes.

import JSON

/// The values of the option `seccomp`: Docker takes a profile itself, Podman the path of a file that holds it.
struct SeccompProfiles: Sendable {
  /// For workers and everything else without a network.
  let sealed: String
  /// For the step that installs requirements.
  let networked: String

  /// - Throws: `EngineError` with `.fileSystem`.
  init(for kind: EngineClient.Kind, in folder: String) async throws {
    sealed = try await Self.option(allowsNetwork: false, kind, "\(folder)/seccomp.json")
    networked = try await Self.option(allowsNetwork: true, kind, "\(folder)/seccomp-network.json")
  }

  private static func option(
    allowsNetwork: Bool, _ kind: EngineClient.Kind, _ path: String
  ) async throws -> String {
    let bytes = try SeccompProfile.json(allowsNetwork: allowsNetwork).encoded()
    guard kind == .podman else { return String(decoding: bytes, as: UTF8.self) }
    try await LocalFiles.write(bytes, to: path)
    return path
  }

  /// The one for a network.
  func option(for network: ContainerNetwork) -> String { network == .none ? sealed : networked }
}

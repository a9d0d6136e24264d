// The SDK's own gate, `yourbot validate`, run over an unpacked plugin in a container.

import JSON

/// One thing that the SDK's validator found.
package struct PluginFinding: Sendable, Hashable {
  /// Whether it keeps the version from being submitted.
  package let isError: Bool
  /// Such as `forbidden_import_socket`; see section 23 of the contract.
  package let code: String
  /// What is wrong, for the plugin's author.
  package let message: String
  /// Inside the artifact; nil where it is about all of it.
  package let path: String?
  package let line: Int?
  /// How to mend it; nil where the validator has no advice.
  package let hint: String?
}

/// Runs the validator. It reads the plugin's sources and never runs them; the container is for the day when it errs.
package struct PluginValidation: Sendable {
  private let client: EngineClient
  private let image: String
  private let installation: String
  /// Each takes half a gigabyte, and anybody who may upload a plugin can ask for one.
  let turns = Turnstile(limit: 2, maximumWaiting: 64)

  /// A gate; costs nothing until it is used.
  ///
  /// - Parameters:
  ///   - client: the engine that runs the validator.
  ///   - image: as `RuntimeImage.prepare` names it.
  ///   - installation: as for `ContainerLauncher`.
  package init(client: EngineClient, image: String, installation: String) {
    (self.client, self.image, self.installation) = (client, image, installation)
  }

  /// The command prints its findings for people, without their codes. So it is called as the program calls it, and what
  /// its validator hands it is printed besides.
  private static let program = """
    import json, sys
    from yourbot_sdk import _validation, cli
    found = []
    validate = _validation.validate_artifact
    def recording(**arguments):
        result = validate(**arguments)
        found.append(result.to_payload())
        return result
    _validation.validate_artifact = recording
    sys.argv = ["yourbot", "validate"] + sys.argv[1:]
    code = cli.main()
    print(json.dumps({"code": code, "found": found}))
    """

  /// Validates a folder as the version of a plugin: two at a time, the others wait in order.
  ///
  /// - Returns: errors first; empty for a plugin without fault.
  /// - Throws: `EngineError`; `.refused` when the validator itself fails, `.busy` when too many wait; `CancellationError`, at
  ///   once while it waits.
  package func findings(in folder: String, id: String, version: String) async throws -> [PluginFinding] {
    var spec = ContainerSpec(
      image: image,
      command: [
        "/usr/bin/python3", "-I", "-c", Self.program, "--path", "/plugin", "--id=\(id)",
        "--version=\(version)",
      ])
    spec.mounts = [ContainerMount(source: folder, target: "/plugin")]
    let shot = OneShot(spec, deadline: .seconds(60), outputLimit: 2 << 20)
    let result = try await turns.pass { try await client.run(once: shot, installation: installation) }
    guard let found = Self.found(in: result) else {
      throw EngineError(
        .refused, reason: result.isTimedOut ? "the validator took too long" : "the validator failed",
        detail: String(decoding: result.errors.suffix(1000), as: UTF8.self))
    }
    return found
  }

  /// nil where the program did not come to its end.
  static func found(in result: OneShotResult) -> [PluginFinding]? {
    guard !result.isTimedOut, !result.isTruncated, result.exitCode == 0,
      let line = result.output.split(separator: UInt8(ascii: "\n")).last,
      // Output that is no JSON is the failure that nil stands for.
      let answer = try? JSONValue(parsing: Array(line)), let code = answer["code"]?.int64,
      let payload = answer["found"]?.array?.first, code == 0 || code == 1
    else { return nil }
    return findings(payload["errors"], isError: true) + findings(payload["warnings"], isError: false)
  }

  private static func findings(_ list: JSONValue?, isError: Bool) -> [PluginFinding] {
    (list?.array ?? []).map { finding in
      PluginFinding(
        isError: isError, code: finding["code"]?.string ?? "", message: finding["message"]?.string ?? "",
        path: finding["path"]?.string, line: finding["line"]?.int64.map { Int($0) },
        hint: finding["hint"]?.string)
    }
  }
}

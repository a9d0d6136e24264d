// Makes the containers that workers run in.

package import SandboxContract

/// What a worker needs on its file system.
package struct GuestFiles: Sendable, Hashable {
  /// The unpacked artifact: a folder of this machine that everybody may read, with `__main__.py` at its root.
  package let plugin: String
  /// What `RequirementsInstaller` left; nil for a plugin that requires nothing.
  package let requirements: String?

  package init(plugin: String, requirements: String?) {
    (self.plugin, self.requirements) = (plugin, requirements)
  }
}

/// Starts workers in locked-down containers.
package struct ContainerLauncher: GuestLauncher {
  private let client: EngineClient
  private let image: String
  private let installation: String
  private let limits: ContainerLimits
  private let sockets: String
  private let processors = ProcessorDeal()
  private let ranks: ProcessorRanks
  private let files: @Sendable (GuestRelease) async throws -> GuestFiles

  /// The label that says whose a container is.
  static let installationLabel = "guildhall.installation"

  /// A launcher; costs nothing until it is used.
  ///
  /// - Parameters:
  ///   - client: the engine that runs the workers.
  ///   - image: as `RuntimeImage.prepare` names it.
  ///   - installation: names this installation on the engine, which several may share; one process only may launch
  ///     under a name, because it removes what others left.
  ///   - sockets: a folder of this machine for the sockets of workers that begin; made if it is missing.
  ///   - limits: of every worker.
  ///   - ranks: has those give way that compute without end, if somebody runs it.
  ///   - files: where a release lies. Called for every launch.
  package init(
    client: EngineClient, image: String, installation: String, sockets: String,
    limits: ContainerLimits = ContainerLimits(), ranks: ProcessorRanks = ProcessorRanks(),
    files: @escaping @Sendable (GuestRelease) async throws -> GuestFiles
  ) {
    (self.client, self.image, self.installation) = (client, image, installation)
    (self.sockets, self.limits, self.ranks, self.files) = (sockets, limits, ranks, files)
  }

  package func launch(_ release: GuestRelease) async throws -> any GuestChannel {
    let files = try await files(release)
    // An engine may mount a file where a folder is meant, and then the plugin is what fails.
    for folder in [files.plugin, files.requirements].compactMap(\.self)
    where try await !LocalFiles.exists("\(folder)/.") {
      throw EngineError(.fileSystem, reason: "a plugin's folder is missing")
    }
    return try await launch(spec(for: release, files: files))
  }

  /// How long a container may take from its start to the plugin's first line.
  private static let patience = Duration.seconds(20)

  /// Launches a process that speaks on a socket; the engine brings what it says on standard error, and its end.
  func launch(_ spec: ContainerSpec) async throws -> ContainerChannel {
    var spec = spec
    spec.limits.processors = await processors.next(of: client)
    do {
      return try await launchOnce(spec)
    } catch let error as EngineError
      where error.code == .refused && (spec.limits.processors != nil || spec.limits.parentGroup != nil)
    {
      // A machine whose control groups do not do that: it is slower under load there, and no less safe.
      await processors.stop()
      (spec.limits.processors, spec.limits.parentGroup) = (nil, nil)
      return try await launchOnce(spec)
    }
  }

  private func launchOnce(_ spec: ContainerSpec) async throws -> ContainerChannel {
    try await LocalFiles.makeFolder(sockets)
    let socket = try await WorkerSocket.listen(in: sockets)
    var spec = spec
    spec.takesInput = false
    spec.command = WorkerSocket.connecting + spec.command
    spec.mounts.append(ContainerMount(source: socket.path, target: WorkerSocket.target))
    let outcome: Result<ContainerChannel, any Error>
    do {
      outcome = .success(
        try await client.launch(spec) { output in
          try await socket.accept(on: client.loop, within: Self.patience) {
            AttachedStream(connection: $0, into: output)
          }
        })
    } catch { outcome = .failure(error) }
    // Whoever launches may be cancelled, and the socket must go all the same.
    await Task { await socket.withdraw() }.value
    let channel = try outcome.get()
    // A question to the engine that no plugin should start later for.
    Task { [ranks, client] in
      if let process = try? await client.inspect(channel.label).process {
        await ranks.watch(channel.label, process: process)
      }
    }
    return channel
  }

  /// Removes the containers of this installation that an earlier process left, and sockets that nobody came to.
  ///
  /// - Returns: how many containers there were.
  @discardableResult
  package func sweep() async throws -> Int {
    let left = try await client.list(label: Self.installationLabel, value: installation)
    for id in left { try await client.remove(id) }
    try await LocalFiles.remove(sockets)
    return left.count
  }

  /// The container of a worker.
  func spec(for release: GuestRelease, files: GuestFiles) -> ContainerSpec {
    var spec = ContainerSpec(image: image, command: ["/usr/bin/python3", "-u", "/plugin"])
    spec.limits = limits
    spec.mounts = [ContainerMount(source: files.plugin, target: "/plugin")]
    if let requirements = files.requirements {
      spec.mounts.append(
        ContainerMount(source: requirements, target: "/requirements", isExecutable: true))
      spec.environment["PYTHONPATH"] = "/requirements"
    }
    spec.labels = [
      Self.installationLabel: installation, "guildhall.plugin": release.plugin,
      "guildhall.release": release.digest,
    ]
    return spec
  }
}

extension EngineClient {
  /// Makes, attaches, starts: in that order, so that the first byte is not missed.
  ///
  /// - Parameters:
  ///   - spec: what the container is made of.
  ///   - direct: brings the process's own connection, once it has begun; nil for one that has none.
  /// - Returns: the container's pipes.
  /// - Throws: `EngineError`, what `direct` throws, and then nothing is left of the container.
  func launch(
    _ spec: ContainerSpec, direct: (OutputQueue) async throws -> AttachedStream? = { _ in nil }
  ) async throws -> ContainerChannel {
    let id = try await create(spec, seccomp: profiles.option(for: spec.network))
    let output = OutputQueue(loop)
    var stream: AttachedStream?
    do {
      let attached = try await AttachedStream.open(
        self, container: id, takesInput: spec.takesInput, into: output)
      stream = attached
      try await start(id)
      return ContainerChannel(
        id: id, client: self, output: output, attached: attached, direct: try await direct(output))
    } catch {
      stream?.close()
      // The reason is thrown below; what stays is removed by the next sweep. In a task of its own: this one may be
      // cancelled, and a cancelled call is not made.
      await Task { try? await self.remove(id) }.value
      throw error
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// Programs built from revisions, kept by content.
///
///     DIRECTORY/builds/NAME/   a program with what it needs, and link/ to link it in another order
///     DIRECTORY/slots/NAME/    the sources and SwiftPM's scratch folder, for all revisions alike
///     DIRECTORY/locks/         one file a name
///
/// All revisions are compiled in one folder: a path that differed would make every step of SwiftPM
/// differ, and the second build would be no faster than the first. Several processes may use one
/// cache at once.
package struct BuildCache: Sendable {
  package let directory: String
  /// Bytes; when the whole is larger, what was used least recently and is not in use goes.
  package let sizeLimit: Int
  let toolchain: Toolchain
  private let cancelled: @Sendable () -> Bool
  private let progress: @Sendable (BuildProgress) -> Void

  /// A cache in a directory, which is made.
  ///
  /// `cancelled` is asked some times a second while something is made.
  package init(
    directory: String, sizeLimit: Int = 6 << 30, toolchain: Toolchain? = nil,
    cancelled: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) throws(BuildError) {
    do {
      for folder in ["builds", "slots", "locks", "temporary"] {
        try FileManager.default.createDirectory(
          atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
      }
    } catch {
      throw BuildError(
        .failed,
        "cannot make the cache of builds in \(directory): \(error.localizedDescription); set "
          + "TACHO_CACHE to a directory that can be written")
    }
    // Absolute, and without links: the folder is written into what the compiler makes.
    guard let real = realpath(directory, nil) else {
      throw .system("cannot find \(directory)", errno)
    }
    defer { free(real) }
    self.directory = String(cString: real)
    self.sizeLimit = sizeLimit
    self.toolchain = if let toolchain { toolchain } else { try Toolchain.asking() }
    self.cancelled = cancelled
    self.progress = progress
  }

  /// The program a reference names, built if it is not there.
  ///
  /// A given executable is copied in, so that a rebuild while it is measured does not change it.
  package func build(_ reference: BuildReference, recipe: BuildRecipe = BuildRecipe())
    throws(BuildError) -> Build
  {
    let report = report(reference.label)
    switch reference {
    case .executable(let path):
      return try adopt(path, report)
    case .revision(let revision):
      let source = BuildSource(
        repository: revision.repository, tree: revision.tree, environment: [:])
      return try compile(source, recipe, report) { note in
        note.commit = revision.commit
      }
    case .workingTree(let repository):
      let snapshot = try WorkingTreeSnapshot(of: repository, in: temporary)
      let source = BuildSource(
        repository: repository, tree: snapshot.tree, environment: snapshot.environment)
      defer { withExtendedLifetime(snapshot) {} }
      return try compile(source, recipe, report) { note in
        note.origin = .workingTree
      }
    }
  }

  /// The same functions in another order and at other distances (Layout.md); seed 0 is the build itself.
  ///
  /// Takes the time of one link. `note.notRelinkable` says why a build has no other layouts.
  package func relink(_ build: Build, seed: UInt64) throws(BuildError) -> Build {
    let name = BuildKey.name(["layout", build.name, "\(seed)"])
    if let why = build.note.notRelinkable {
      throw BuildError(.failed, "\(build.note.label) cannot be linked in another order: \(why)")
    }
    let report = report(build.note.label)
    return try obtain(name, report) { (folder) throws(BuildError) in
      let seconds = try Relinking(inputs: build.folder + "/link", cancelled: cancelled)
        .link(to: "\(folder)/\(build.note.programName)", seed: seed, report: report)
      try ProgramFolder.copyCompanions(from: build.folder, to: folder)
      var note = try ProgramFolder.note(
        in: folder, program: build.note.programName, copying: build.note)
      note.origin = .relinked
      note.layoutSeed = seed
      note.seconds = seconds
      note.notRelinkable = "it is a relinked build: relink the one it was made of"
      return note
    }
  }

  /// The same bytes at another path: what a comparison of a build with itself runs.
  ///
  /// Each number is a copy of its own.
  package func copy(of build: Build, number: Int = 1) throws(BuildError) -> Build {
    let name = BuildKey.name(["copy", build.name, "\(number)"])
    return try obtain(name, report(build.note.label)) { (folder) throws(BuildError) in
      let program = build.note.programName
      try ProgramFolder.copy(build.path, to: "\(folder)/\(program)")
      try ProgramFolder.copyCompanions(from: build.folder, to: folder)
      var note = try ProgramFolder.note(in: folder, program: program, copying: build.note)
      guard note.checksum == build.note.checksum else {
        throw BuildError(.failed, "the copy of \(build.path) differs from it: is the disk full?")
      }
      note.origin = .copied
      note.notRelinkable = "it is a copy: relink the build it was made of"
      return note
    }
  }

  /// Removes what was used least recently until the whole is within the limit.
  package func evict() throws(BuildError) { try CacheEviction(cache: self).run() }

  var temporary: String { directory + "/temporary" }
  func lockPath(_ name: String) -> String { "\(directory)/locks/\(name)" }
  func buildFolder(_ name: String) -> String { "\(directory)/builds/\(name)" }
  func partialFolder(_ name: String) -> String { "\(directory)/builds/\(name).partial" }
  func slotFolder(_ name: String) -> String { "\(directory)/slots/\(name)" }

  private func report(_ label: String) -> ProgressReport { ProgressReport(label, progress) }

  private func adopt(_ path: String, _ report: ProgressReport) throws(BuildError) -> Build {
    let content = try FileChecksum.of(path)
    let name = BuildKey.name(["given", content.hex, "\(content.bytes)"])
    return try obtain(name, report) { (folder) throws(BuildError) in
      report.begin(.keeping)
      var note = BuildNote(origin: .given, label: path, bytes: 0, checksum: "")
      try ProgramFolder.copy(path, to: "\(folder)/\(note.programName)")
      try ProgramFolder.copyLibraries(
        neededBy: path, to: folder)
      note.notRelinkable = "only its executable is there, not what it was linked of"
      return try ProgramFolder.note(in: folder, program: note.programName, copying: note)
    }
  }

  private func compile(
    _ source: BuildSource, _ recipe: BuildRecipe, _ report: ProgressReport,
    _ describe: (inout BuildNote) -> Void
  ) throws(BuildError) -> Build {
    try recipe.check()
    let key = BuildKey(tree: source.tree, recipe: recipe, toolchain: toolchain)
    return try obtain(key.name, report) { (folder) throws(BuildError) in
      let lock = try wait(key.slotName, .exclusive, report)
      defer { withExtendedLifetime(lock) {} }
      let slot = BuildSlot(folder: slotFolder(key.slotName), recipe: recipe, toolchain: toolchain)
      let seconds = try slot.build(source, report, cancelled: cancelled)
      report.begin(.keeping)
      var note = BuildNote(origin: .revision, label: report.label, bytes: 0, checksum: "")
      note.recipe = recipe
      note.notRelinkable = try slot.keep(in: folder)
      note.tree = source.tree
      note.swiftVersion = toolchain.swiftVersion
      note.cCompilerVersion = toolchain.cCompilerVersion
      note.architecture = toolchain.architecture
      note.seconds = seconds
      describe(&note)
      return try ProgramFolder.note(in: folder, program: recipe.product, copying: note)
    }
  }

  private func wait(_ name: String, _ mode: CacheLock.Mode, _ report: ProgressReport)
    throws(BuildError) -> CacheLock
  {
    var isWaiting = false
    return try CacheLock.wait(lockPath(name), mode) { () throws(BuildError) in
      if !isWaiting { report.begin(.waiting) }
      isWaiting = true
      report.tick()
      if cancelled() { throw BuildError(.cancelled, "stopped while waiting for another build") }
    }
  }

  /// The entry of a name, made by `make` in a folder that gets the name when it is whole.
  ///
  /// Who uses or makes it holds the name's lock shared, who removes it exclusive; one at a time makes it,
  /// which is another lock, because a damaged entry may still be in use.
  private func obtain(
    _ name: String, _ report: ProgressReport, _ make: (String) throws(BuildError) -> BuildNote
  ) throws(BuildError) -> Build {
    let lease = try wait(name, .shared, report)
    func kept(wasCached: Bool) -> Build? {
      guard let note = ProgramFolder.whole(buildFolder(name)) else { return nil }
      utimes("\(buildFolder(name))/\(BuildNote.fileName)", nil)
      return Build(
        path: "\(buildFolder(name))/\(note.programName)", name: name, note: note,
        wasCached: wasCached, lease: lease)
    }
    if let build = kept(wasCached: true) { return build }
    let lock = try wait(name + ".make", .exclusive, report)
    defer { withExtendedLifetime(lock) {} }
    // Another may have made it while this waited.
    if let build = kept(wasCached: true) { return build }
    let partial = partialFolder(name)
    try ProgramFolder.makeEmpty(partial)
    do {
      try make(partial).write(to: partial)
      try ProgramFolder.publish(partial, as: buildFolder(name))
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
    guard let build = kept(wasCached: false) else {
      throw BuildError(
        .failed, "\(buildFolder(name)) is damaged as soon as it is written: check the disk")
    }
    try evict()
    return build
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoBuilds

/// Programs that lie in the cache without being compiled: given ones, copies, damage, eviction.
@Suite struct BuildCacheTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  func cache(limit: Int = 1 << 30) throws -> BuildCache {
    try BuildCache(
      directory: folder.path + "/cache", sizeLimit: limit, toolchain: BuildKeyTests.toolchain)
  }

  /// A program somebody else built, of a few hundred KiB.
  func given(_ name: String, bytes: Int = 300_000) throws -> BuildReference {
    let text = "#!/bin/sh\necho 0.1.0\n#" + String(repeating: "x", count: bytes) + name
    try folder.write(text, to: name, executable: true)
    return try BuildReference(argument: "./" + name, directory: folder.path)
  }

  @Test func aGivenProgramIsKeptAsItWas() throws {
    let cache = try cache()
    let first = try cache.build(given("tacho"))
    #expect(!first.wasCached)
    #expect(try cache.build(given("tacho")).wasCached)
    #expect(first.note.origin == .given)
    #expect(first.path.hasSuffix("/tacho"))
    // Built again in the meantime: another program, and the first stays.
    let second = try cache.build(given("tacho", bytes: 200_000))
    #expect(second.name != first.name)
    #expect(try ScratchFolder.run([first.path, "--version"]) == "0.1.0")
    #expect(first.path.utf8.count == second.path.utf8.count)
  }

  @Test func aCopyIsTheSameBytesElsewhere() throws {
    let cache = try cache()
    let build = try cache.build(given("tacho"))
    let copies = [try cache.copy(of: build), try cache.copy(of: build, number: 2)]
    #expect(Set([build.path] + copies.map(\.path)).count == 3)
    for copy in copies {
      #expect(copy.note.checksum == build.note.checksum)
      #expect(copy.note.origin == .copied)
      #expect(copy.path.utf8.count == build.path.utf8.count)
      #expect(FileManager.default.contentsEqual(atPath: copy.path, andPath: build.path))
    }
    #expect(try cache.copy(of: build).wasCached)
  }

  @Test func whatWasNotLinkedHereCannotBeRelinked() throws {
    let cache = try cache()
    let build = try cache.build(given("tacho"))
    #expect {
      _ = try cache.relink(build, seed: 1)
    } throws: {
      "\($0)".contains("only its executable is there")
    }
  }

  /// Each way of damaging an entry; it is made again.
  @Test(arguments: ["program", "byte", "note", "text", "mode"])
  func aDamagedEntryIsMadeAgain(_ damage: String) throws {
    let cache = try cache()
    let reference = try given("tacho")
    let path = try cache.build(reference).path
    let note = URL(fileURLWithPath: path).deletingLastPathComponent().path + "/build.json"
    switch damage {
    case "program": try FileManager.default.removeItem(atPath: path)
    case "note": try FileManager.default.removeItem(atPath: note)
    case "text": try "{".write(toFile: note, atomically: true, encoding: .utf8)
    case "mode":
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    // Root may read what nobody may, but not execute it.
    default:
      let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
      try file.seek(toOffset: 5000)
      try file.write(contentsOf: Data([0]))
      try file.close()
    }
    let again = try cache.build(reference)
    #expect(!again.wasCached)
    #expect(try ScratchFolder.run([again.path, "--version"]) == "0.1.0")
  }

  @Test func whatAKilledProcessLeftIsRemoved() throws {
    let cache = try cache()
    let reference = try given("tacho")
    let name = try cache.build(reference).name
    let partial = cache.partialFolder(name)
    try FileManager.default.moveItem(atPath: cache.buildFolder(name), toPath: partial)
    #expect(try !cache.build(reference).wasCached)
    #expect(!FileManager.default.fileExists(atPath: partial))
    // Of a program nobody asks for again.
    try FileManager.default.createDirectory(
      atPath: cache.partialFolder("0123"), withIntermediateDirectories: true)
    try cache.evict()
    #expect(!FileManager.default.fileExists(atPath: cache.partialFolder("0123")))
  }

  @Test func theLeastRecentlyUsedGoesAndWhatIsInUseStays() throws {
    // Room for two of three.
    let cache = try cache(limit: 700_000)
    let names = try ["a", "b", "c"].map { try given($0) }
    var held: Build? = try cache.build(names[0])
    _ = try cache.build(names[1])
    usleep(20_000)
    // The oldest is in use, so the second goes.
    _ = try cache.build(names[2])
    #expect(try cache.build(names[0]).wasCached)
    #expect(try !cache.build(names[1]).wasCached)
    // Making that again pushed the third out.
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
    #expect(try !cache.build(names[2]).wasCached)
    // Released, and used longest ago.
    let path = try #require(held?.path)
    held = nil
    utimes((path as NSString).deletingLastPathComponent + "/build.json", [timeval(), timeval()])
    try cache.evict()
    _ = try cache.build(names[1])
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func manyAtOnceMakeItOnce() async throws {
    let cache = try cache()
    let reference = try given("tacho")
    let builds = try await withThrowingTaskGroup(of: Build.self) { group in
      for _ in 0..<8 { group.addTask { try cache.build(reference) } }
      return try await group.reduce(into: [Build]()) { $0.append($1) }
    }
    #expect(Set(builds.map(\.path)).count == 1)
    #expect(builds.filter { !$0.wasCached }.count == 1)
  }

  @Test func aFolderThatCannotBeMadeIsAnError() throws {
    try folder.write("a file", to: "taken")
    #expect(throws: BuildError.self) {
      try BuildCache(
        directory: folder.path + "/taken/cache", toolchain: BuildKeyTests.toolchain)
    }
  }
}

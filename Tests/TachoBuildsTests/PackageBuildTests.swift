// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization
import Testing

@testable import TachoBuilds

/// Real builds of a tiny package's revisions: one test, because each build takes seconds.
@Suite struct PackageBuildTests {
  static let manifest = """
    // swift-tools-version: 6.0
    import PackageDescription
    let package = Package(
      name: "tiny",
      targets: [
        .target(name: "CTiny"),
        .executableTarget(name: "tiny", dependencies: ["CTiny"]),
      ])
    """

  /// A function in C in a file of its own.
  static func source(_ name: String, _ value: Int) -> String {
    "int tiny_\(name)(int x) { for (int i = 0; i < x; i++) x ^= x << \(value); return x + \(value); }\n"
  }

  static func makePackage(_ folder: ScratchFolder) throws {
    try folder.makeRepository()
    try folder.write(".build\n", to: "repo/.gitignore")
    try folder.write(manifest, to: "repo/Package.swift")
    let names = ["a", "b", "c", "d", "e", "f"]
    let declarations = names.map { "int tiny_\($0)(int x);\n" }.joined()
    try folder.write(declarations, to: "repo/Sources/CTiny/include/tiny.h")
    for (number, name) in names.enumerated() {
      try folder.write(source(name, number), to: "repo/Sources/CTiny/\(name).c")
    }
    try folder.write(
      "import CTiny\nprint(tiny_a(0) + tiny_b(0) + tiny_c(0) + tiny_d(0) + tiny_e(0) + tiny_f(0))\n",
      to: "repo/Sources/tiny/main.swift")
  }

  /// The order of the package's functions in a program, by address.
  static func order(_ program: String) throws -> [String] {
    try ScratchFolder.run(["nm", "-n", program]).split(separator: "\n")
      .compactMap { $0.split(separator: " ").last.map(String.init) }
      .filter { $0.hasPrefix("tiny_") && $0.utf8.count == 6 }
  }

  @Test(.timeLimit(.minutes(5))) func revisionsAreBuiltKeptAndRelinked() throws {
    let folder = try ScratchFolder()
    try Self.makePackage(folder)
    try folder.commit()
    let recipe = BuildRecipe(product: "tiny", flags: ["-Xcc", "-O1"])
    let seen = Mutex<[BuildProgress]>([])
    let cache = try BuildCache(
      directory: folder.path + "/cache",
      progress: { step in seen.withLock { $0.append(step) } })
    func build(_ word: String) throws -> Build {
      try cache.build(
        BuildReference(argument: word, directory: folder.path + "/repo"), recipe: recipe)
    }
    let first = try build("main")
    #expect(try ScratchFolder.run([first.path]) == "15")
    #expect(!first.wasCached && first.note.notRelinkable == nil)
    let steps = seen.withLock { Array(Set($0.map(\.step))) }
    #expect(Set(steps).isSuperset(of: [.checkingOut, .building, .keeping]))
    #expect(seen.withLock { $0.contains { $0.detail.contains("Compiling") } })
    #expect(seen.withLock { $0.allSatisfy { $0.expectedSeconds == nil } })

    // The working tree without a change is that content, and so is a commit that changes nothing.
    #expect(try build(".").name == first.name)
    try folder.commit("only words")
    #expect(try build("HEAD").wasCached)

    // With a change it is another: incremental, and the estimate of it comes from the next.
    try folder.write(Self.source("f", 105), to: "repo/Sources/CTiny/f.c")
    let dirty = try build("worktree")
    #expect(!dirty.wasCached && dirty.note.origin == .workingTree && dirty.note.commit == nil)
    #expect(try ScratchFolder.run([dirty.path]) == "115")
    #expect(try MachineCode.identical(first.path, first.path))
    #expect(try !MachineCode.identical(first.path, dirty.path))
    let compiled = seen.withLock { $0.map(\.detail).filter { $0.contains("a.c") } }
    #expect(Set(compiled).count == 1, "a.c was compiled once: \(Set(compiled))")

    // Back again, from nothing but the slot: the same program to the byte that counts.
    try FileManager.default.removeItem(atPath: first.folder)
    let again = try build("main")
    #expect(!again.wasCached && again.name == first.name)
    #expect(seen.withLock { $0.last { $0.step == .building }?.expectedSeconds } != nil)
    #expect(try MachineCode.compare(dirty.path, dirty.path) == .sameProgram)

    // Another order of the same functions; the sources are not asked again.
    let before = try Self.order(again.path)
    #expect(before.count == 6)
    var orders: Set<[String]> = [before]
    seen.withLock { $0.removeAll() }
    for seed in UInt64(1)...3 {
      let moved = try cache.relink(again, seed: seed)
      #expect(moved.note.origin == .relinked && moved.note.layoutSeed == seed)
      #expect(try ScratchFolder.run([moved.path]) == "15")
      let order = try Self.order(moved.path)
      #expect(order.sorted() == before.sorted())
      #expect(orders.insert(order).inserted, "seed \(seed): \(order)")
    }
    #expect(seen.withLock { $0.allSatisfy { $0.step != .building && $0.step != .checkingOut } })
    let unmoved = try cache.relink(again, seed: 0)
    #expect(try MachineCode.identical(unmoved.path, again.path))
    #expect(try cache.relink(again, seed: 3).wasCached)

    // What does not compile says so, where, and how to see it again.
    try folder.write("int tiny_f(int x) { return y; }\n", to: "repo/Sources/CTiny/f.c")
    try folder.commit("broken")
    let broken = #expect(throws: BuildError.self) { try build("HEAD") }
    #expect(broken?.kind == .doesNotBuild)
    #expect(broken?.lastLines.contains { $0.contains("f.c:1") && $0.contains("error:") } == true)
    let command = try #require(broken?.repeatedBy)
    #expect(command.contains("--product tiny -Xcc -O1"))
    // The command's first half is one that works.
    let unpack = try #require(command.components(separatedBy: " && ").first)
    _ = try ScratchFolder.run([
      "sh", "-c", "cd '\(folder.path)' && \(unpack) && ls tacho-*/Package.swift",
    ])
    // And the one before it still builds in the same folder.
    try FileManager.default.removeItem(atPath: again.folder)
    #expect(try ScratchFolder.run([build("HEAD~1").path]) == "15")
  }

  @Test func aRequestToStopEndsABuild() throws {
    let folder = try ScratchFolder()
    try Self.makePackage(folder)
    try folder.commit()
    let isBuilding = Mutex(false)
    let cache = try BuildCache(
      directory: folder.path + "/cache", cancelled: { isBuilding.withLock { $0 } },
      progress: { step in
        if step.step == .building { isBuilding.withLock { $0 = true } }
      })
    let reference = try BuildReference(argument: "main", directory: folder.path + "/repo")
    let error = #expect(throws: BuildError.self) {
      try cache.build(reference, recipe: BuildRecipe(product: "tiny"))
    }
    #expect(error?.kind == .cancelled)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: cache.directory + "/builds").isEmpty)
  }
}

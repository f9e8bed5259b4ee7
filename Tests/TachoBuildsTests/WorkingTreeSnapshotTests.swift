// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoBuilds

/// The working tree's content, and that nothing of the repository is touched for it.
@Suite struct WorkingTreeSnapshotTests {
  /// All of a folder: name, content and time of change of each file; of git's objects no time, because git
  /// sets it when it comes upon one that is there already.
  static func contents(_ folder: String) throws -> [String: String] {
    var found: [String: String] = [:]
    let names = FileManager.default.enumerator(atPath: folder)
    while let name = names?.nextObject() as? String {
      let path = "\(folder)/\(name)"
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
      let data = FileManager.default.contents(atPath: path) ?? Data()
      let time = name.hasPrefix(".git/objects/") ? "" : "\(attributes[.modificationDate] ?? "")"
      found[name] = "\(time) \(data.base64EncodedString())"
    }
    return found
  }

  @Test func takesChangesAndNewFilesAndLeavesTheRepositoryAlone() throws {
    let folder = try ScratchFolder()
    try folder.makeRepository()
    try folder.write("ignored\n", to: "repo/.gitignore")
    try folder.write("one", to: "repo/a.txt")
    try folder.write("gone", to: "repo/gone.txt")
    let head = try folder.commit()
    let repository = try Repository(containing: folder.path + "/repo")
    let temporary = folder.path + "/temporary"
    let clean = try WorkingTreeSnapshot(of: repository, in: temporary)
    #expect(!clean.isDirty)
    #expect(clean.tree == (try folder.git("rev-parse", head + "^{tree}")))

    // Staged one way, then changed again; a new file; an ignored one; one removed.
    try folder.write("staged", to: "repo/a.txt")
    try folder.git("add", "a.txt")
    try folder.write("changed", to: "repo/a.txt")
    try folder.write("new", to: "repo/sub/new.txt")
    try folder.write("no", to: "repo/ignored")
    try FileManager.default.removeItem(atPath: folder.path + "/repo/gone.txt")
    let before = try Self.contents(folder.path + "/repo")
    let snapshot = try WorkingTreeSnapshot(of: repository, in: temporary)
    #expect(try Self.contents(folder.path + "/repo") == before)
    #expect(snapshot.isDirty)

    let listing = try repository.git(
      ["ls-tree", "-r", "--name-only", snapshot.tree], environment: snapshot.environment)
    #expect(listing.output == ".gitignore\na.txt\nsub/new.txt\n")
    let text = try repository.git(
      ["show", "\(snapshot.tree):a.txt"], environment: snapshot.environment)
    #expect(text.output == "changed")
    // The same content has the same name; another content another.
    #expect(try WorkingTreeSnapshot(of: repository, in: temporary).tree == snapshot.tree)
    try folder.write("newer", to: "repo/sub/new.txt")
    #expect(try WorkingTreeSnapshot(of: repository, in: temporary).tree != snapshot.tree)
  }

  @Test func temporaryFilesGoWithTheSnapshot() throws {
    let folder = try ScratchFolder()
    try folder.makeRepository()
    try folder.write("one", to: "repo/a.txt")
    let repository = try Repository(containing: folder.path + "/repo")
    do {
      let snapshot = try WorkingTreeSnapshot(of: repository, in: folder.path + "/temporary")
      #expect(snapshot.isDirty, "a repository without a commit")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/temporary").isEmpty)
  }

  @Test func pathsWithColonsAreQuotedForGit() {
    #expect(WorkingTreeSnapshot.quoted("/a/b") == "/a/b")
    #expect(WorkingTreeSnapshot.quoted(#"/a:"b\"#) == #""/a:\"b\\""#)
  }
}

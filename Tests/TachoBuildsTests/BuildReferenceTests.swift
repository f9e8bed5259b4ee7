// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import Testing

@testable import TachoBuilds

/// What words name, and what is said of those that name nothing.
@Suite struct BuildReferenceTests {
  let folder: ScratchFolder
  let first: String
  let second: String
  let side: String

  /// `main` with two commits, `feature/fast` from the first.
  init() throws {
    folder = try ScratchFolder()
    try folder.makeRepository()
    try folder.write("one", to: "repo/a.txt")
    first = try folder.commit()
    try folder.git("checkout", "-q", "-b", "feature/fast")
    try folder.write("side", to: "repo/b.txt")
    side = try folder.commit()
    try folder.git("checkout", "-q", "main")
    try folder.write("two", to: "repo/a.txt")
    second = try folder.commit()
    try folder.git("tag", "v1.0", first)
  }

  func reference(_ word: String, in name: String = "repo") throws -> BuildReference {
    try BuildReference(argument: word, directory: "\(folder.path)/\(name)")
  }

  func commit(_ word: String) throws -> String? {
    guard case .revision(let revision) = try reference(word) else { return nil }
    #expect(revision.name == word)
    #expect(try folder.git("rev-parse", revision.commit + "^{tree}") == revision.tree)
    return revision.commit
  }

  /// The message of a word that is refused.
  func refusal(_ word: String, in name: String = "repo") -> String {
    do {
      return "accepted as \(try reference(word, in: name))"
    } catch let error as BuildError {
      #expect(error.kind == .reference)
      return error.description
    } catch {
      return "\(error)"
    }
  }

  @Test func revisionsAreBranchesTagsHashesAndMergeBases() throws {
    #expect(try commit("main") == second)
    #expect(try commit("feature/fast") == side)
    #expect(try commit("v1.0") == first)
    #expect(try commit("HEAD~1") == first)
    #expect(try commit(String(side.prefix(9))) == side)
    #expect(try commit("main...feature/fast") == first)
    #expect(try commit("v1.0...") == first)
  }

  @Test func theWorkingTreeHasThreeNames() throws {
    for word in [".", "worktree", "./"] {
      guard case .workingTree(let repository) = try reference(word) else {
        Issue.record("\(word) is no working tree")
        continue
      }
      #expect(repository.directory == folder.path + "/repo")
    }
  }

  @Test func aProgramIsAskedForItsVersion() throws {
    try folder.write("#!/bin/sh\necho 0.1.0\n", to: "repo/build/tacho", executable: true)
    #expect(try reference("build/tacho") == .executable(path: folder.path + "/repo/build/tacho"))
    try folder.write("#!/bin/sh\necho 1.2.0-beta.1\n", to: "repo/main", executable: true)
    // A file before a branch of that name.
    #expect(try reference("main") == .executable(path: folder.path + "/repo/main"))
    #expect(try commit("refs/heads/main") == second)

    try folder.write("#!/bin/sh\necho tool 3\nexit 1\n", to: "repo/build/other", executable: true)
    #expect(
      refusal("build/other")
        == "build/other is no tacho: asked --version, it answered 'tool 3' and ended with code 1")
    try folder.write("no program", to: "repo/build/text")
    #expect(refusal("build/text").contains("chmod +x build/text"))
    try folder.write("\u{7f}ELF", to: "repo/build/odd", executable: true)
    #expect(refusal("build/odd").contains("build/odd is no tacho"))
    try folder.write("#!/no/such/shell\n", to: "repo/build/shell", executable: true)
    #expect(refusal("build/shell").contains("does not run here: cannot start"))
  }

  @Test func unknownWordsGetTheNearestNames() throws {
    #expect(refusal("mian").contains("did you mean main?"))
    #expect(refusal("feature/fsat").contains("did you mean feature/fast?"))
    try folder.git("update-ref", "refs/remotes/origin/release", second)
    #expect(refusal("release~2").contains("did you mean origin/release?"))
    #expect(!refusal("nothing-like-it").contains("did you mean"))
    #expect(refusal("./nothing").contains("there is no file ./nothing"))
    #expect(refusal("main..HEAD").contains("A...B is their merge base"))
    for word in ["", "--help", "a\nb"] { #expect(!refusal(word).hasPrefix("accepted")) }
  }

  @Test func aFolderThatIsNoRepositorySaysSo() throws {
    try folder.write("", to: "plain/a.txt")
    #expect(refusal("main", in: "plain").contains("is in no git repository"))
    #expect(refusal(".", in: "plain").contains("is in no git repository"))
  }

  @Test func aShallowCloneSaysHowToGetTheRest() throws {
    _ = try ScratchFolder.run([
      "git", "clone", "-q", "--depth", "1", "file://\(folder.path)/repo", folder.path + "/shallow",
    ])
    #expect(refusal("v1.0", in: "shallow").contains("git fetch --unshallow"))
    #expect(refusal(first, in: "shallow").contains("fetch-depth: 0"))
  }

  @Test func bisectionsGetTheBranchsOwnCommits() throws {
    let repository = try Repository(containing: folder.path + "/repo")
    try folder.git("merge", "-q", "--no-edit", "feature/fast")
    let merge = try folder.git("rev-parse", "HEAD")
    #expect(try repository.commits(after: "v1.0", upTo: "main") == [second, merge])
    #expect(
      Set(try repository.commits(after: "v1.0", upTo: "main", firstParent: false))
        == [second, side, merge])
    #expect(throws: BuildError.self) { try repository.commits(after: "main", upTo: "v1.0") }
    #expect(try repository.summary(of: merge).hasPrefix(merge.prefix(7)))
  }

  @Test func commitsAreToldAndOrdered() throws {
    let repository = try Repository(containing: folder.path + "/repo")
    try folder.git("merge", "-q", "-m", "Merge «fast»\n\nbody", "feature/fast")
    let merge = try folder.git("rev-parse", "HEAD")
    let note = try repository.note(of: merge)
    #expect(note.hash == merge && note.parents == [second, side] && note.isMerge)
    #expect(note.subject == "Merge «fast»")
    #expect(note.date.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)/) != nil)
    #expect(try repository.note(of: first).parents.isEmpty)
    #expect(throws: BuildError.self) { try repository.note(of: String(repeating: "0", count: 40)) }
    #expect(try repository.isAncestor("v1.0", of: "feature/fast"))
    #expect(try !repository.isAncestor("feature/fast", of: "v1.0"))
    // Parents first; what is not here, or is no hash, is passed over.
    let order = try repository.ancestry(of: [
      second, String(repeating: "0", count: 40), "--all", side, "",
    ])
    #expect(order.first == first && Set(order) == [first, second, side])
    #expect(try repository.ancestry(of: [merge]).last == merge)
    #expect(try repository.ancestry(of: []) == [])
    #expect(try repository.ancestry(of: [String(repeating: "0", count: 40)]) == [])
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoBuilds

/// The last release of a history, and files of commits.
@Suite struct RepositoryReleaseTests {
  let folder: ScratchFolder
  let repository: Repository
  var commits: [String] = []

  /// `main` with four commits, `side` from the second.
  init() throws {
    folder = try ScratchFolder()
    try folder.makeRepository()
    for index in 0..<2 {
      try folder.write("\(index)", to: "repo/a.txt")
      commits.append(try folder.commit())
    }
    try folder.git("checkout", "-q", "-b", "side")
    commits.append(try folder.commit("side"))
    try folder.git("checkout", "-q", "main")
    for index in 3..<5 {
      try folder.write("\(index)", to: "repo/suites/list.yaml")
      commits.append(try folder.commit())
    }
    repository = try Repository(containing: folder.path + "/repo")
  }

  private func refusal(_ revision: String = "HEAD") -> String {
    do throws(BuildError) {
      return "found \(try repository.lastRelease(before: revision).name)"
    } catch {
      return error.description
    }
  }

  @Test func itIsTheHighestVersionInTheHistory() throws {
    #expect(
      refusal()
        == "no release in the history of HEAD: no tag such as v1.2.3 leads there; tag the last one,"
        + " git tag -a v0.1.0 COMMIT, or name the commit to compare with; where only this clone lacks"
        + " the tags: git fetch --tags")
    try folder.git("tag", "v0.9.0", commits[0])
    #expect(try repository.lastRelease().commit == commits[0])
    // By number, not by spelling or age.
    try folder.git("tag", "v0.10.0", commits[1])
    try folder.git("tag", "v0.9.1", commits[3])
    #expect(try repository.lastRelease().name == "v0.10.0")
    // No releases, and one of another branch.
    for tag in ["v1.0.0-rc.1", "v2", "v1.2", "version", "vnext.1.2", "v1.2.3.4", "1.0.0"] {
      try folder.git("tag", tag, commits[4])
    }
    try folder.git("tag", "v3.0.0", commits[2])
    let found = try repository.lastRelease()
    #expect(found.name == "v0.10.0" && found.commit == commits[1])
    #expect(found.tree == (try folder.git("rev-parse", commits[1] + "^{tree}")))
    #expect(try repository.lastRelease(before: "side").name == "v3.0.0")
    #expect(try repository.lastRelease(before: commits[0]).name == "v0.9.0")
    // An annotated tag stands for its commit.
    try folder.git("tag", "-a", "-m", "release", "v0.11.0", commits[3])
    #expect(try repository.lastRelease().commit == commits[3])
  }

  @Test func releasesOfOtherBranchesAreNamed() throws {
    try folder.git("tag", "v3.0.0", commits[2])
    #expect(refusal().contains("(those of other branches: v3.0.0)"), "\(refusal())")
    #expect(!refusal().contains("git fetch"))
  }

  @Test func aShallowCloneSaysHowToGetThem() throws {
    try folder.git("tag", "v0.1.0", commits[0])
    _ = try ScratchFolder.run([
      "git", "clone", "-q", "--depth", "1", "file://\(folder.path)/repo", folder.path + "/shallow",
    ])
    let shallow = try Repository(containing: folder.path + "/shallow")
    #expect {
      try shallow.lastRelease()
    } throws: { "\($0)".contains("git fetch --unshallow") && "\($0)".contains("fetch-depth: 0") }
  }

  @Test func referencesCalledLikeTheWordAreSeen() throws {
    #expect(try !repository.hasReference(named: "release"))
    try folder.git("branch", "release", commits[0])
    #expect(try repository.hasReference(named: "release"))
    #expect(try !repository.hasReference(named: "last-release"))
    try folder.git("tag", "last-release", commits[0])
    #expect(try repository.hasReference(named: "last-release"))
  }

  @Test func filesOfCommits() throws {
    #expect(try repository.text(of: "suites/list.yaml", at: commits[3]) == "3")
    #expect(try repository.text(of: "suites/list.yaml", at: "main") == "4")
    #expect(try repository.text(of: "suites/list.yaml", at: commits[1]) == nil)
    #expect(try repository.text(of: "nowhere/x", at: "main") == nil)
    #expect { try repository.text(of: "suites", at: "main") } throws: {
      "\($0)".contains("is no file")
    }
    #expect(throws: BuildError.self) { try repository.text(of: "a.txt", at: "no-such-commit") }
    // In a subfolder's repository object too: paths are from the top.
    let below = try Repository(containing: folder.path + "/repo/suites")
    #expect(try below.text(of: "a.txt", at: "main") == "1")
  }

  @Test func pathsAreTheRepositorys() throws {
    let top = folder.path + "/repo"
    #expect(repository.path(ofFile: "suites/list.yaml", from: top) == "suites/list.yaml")
    #expect(repository.path(ofFile: "list.yaml", from: top + "/suites") == "suites/list.yaml")
    #expect(repository.path(ofFile: "\(top)/suites/new.yaml") == "suites/new.yaml")
    #expect(repository.path(ofFile: "../a.txt", from: top + "/suites") == "a.txt")
    #expect(repository.path(ofFile: "/etc/passwd") == nil)
    #expect(repository.path(ofFile: "\(top)-other/x") == nil)
    #expect(repository.path(ofFile: "no-folder/x", from: top) == nil)
  }
}

// SPDX-License-Identifier: Apache-2.0

extension Repository {
  /// The words that stand for the last release where a build is named.
  package static let releaseWords = ["release", "last-release"]

  /// The tag of the newest release in a revision's history: the highest version among tags of the form
  /// `v1.2.3`.
  ///
  /// Candidates for a release (`v1.2.3-rc.1`) are none, and neither are releases of other branches.
  package func lastRelease(before revision: String = "HEAD") throws(BuildError)
    -> BuildReference.Revision
  {
    let commit = try commit(of: revision)
    let run = try git(["tag", "--list", "v*", "--merged", commit])
    guard run.succeeded else {
      throw BuildError(.failed, "git cannot list the tags before \(revision): \(run.reason)")
    }
    let versions = run.output.split(separator: "\n").compactMap { tag in
      Self.version(tag).map { (tag: String(tag), version: $0) }
    }
    let newest = versions.max { left, right in left.version.lexicographicallyPrecedes(right.version)
    }
    guard let newest else { throw try noRelease(before: revision, commit) }
    let tagged = try self.commit(of: "refs/tags/" + newest.tag)
    return BuildReference.Revision(
      repository: self, name: newest.tag, commit: tagged, tree: try tree(of: tagged))
  }

  /// Whether a branch or a tag is called like a word that stands for the last release.
  package func hasReference(named word: String) throws(BuildError) -> Bool {
    for kind in ["heads", "tags"] {
      if try git(["show-ref", "--verify", "--quiet", "refs/\(kind)/\(word)"]).succeeded {
        return true
      }
    }
    return false
  }

  /// Three numbers of `v1.2.3`; nil for any other name.
  static func version(_ tag: some StringProtocol) -> [Int]? {
    guard tag.hasPrefix("v") else { return nil }
    let parts = tag.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3,
      parts.allSatisfy({ part in
        (1...9).contains(part.utf8.count)
          && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      })
    else { return nil }
    return parts.compactMap { Int($0) }
  }

  private func noRelease(before revision: String, _ commit: String) throws(BuildError) -> BuildError
  {
    let all = try git(["tag", "--list", "v*"]).output.split(separator: "\n")
    let elsewhere = all.filter { Self.version($0) != nil }.map(String.init)
    var message = "no release in the history of \(revision): no tag such as v1.2.3 leads there"
    if !elsewhere.isEmpty {
      message += " (those of other branches: \(elsewhere.suffix(3).joined(separator: ", ")))"
    }
    message += "; tag the last one, git tag -a v0.1.0 COMMIT, or name the commit to compare with"
    if try isShallow() {
      message += Self.shallowHint
    } else if all.isEmpty {
      message += "; where only this clone lacks the tags: git fetch --tags"
    }
    return BuildError(.reference, message)
  }
}

// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoBuilds

/// What a gate compares, as the words of the command line name it.
struct GateSides {
  let base: BuildReference
  let candidate: BuildReference
  /// The tag that `release` stands for; nil where the base was named otherwise.
  let release: String?

  init(base: String, candidate: String) throws {
    guard Repository.releaseWords.contains(base) else {
      self.base = try BuildReference(argument: base)
      self.candidate = try BuildReference(argument: candidate)
      release = nil
      return
    }
    self.candidate = try BuildReference(argument: candidate)
    let (repository, revision): (Repository, String)
    switch self.candidate {
    case .revision(let found): (repository, revision) = (found.repository, found.commit)
    case .workingTree(let found): (repository, revision) = (found, "HEAD")
    case .executable: (repository, revision) = (try Repository(containing: "."), "HEAD")
    }
    guard try !repository.hasReference(named: base) else {
      throw ValidationError(
        "--base \(base) is the last release, and a branch or tag is called so too: write "
          + "refs/heads/\(base) or refs/tags/\(base) for it, or "
          + Repository.releaseWords.filter { $0 != base }.joined() + " for the release")
    }
    let found = try repository.lastRelease(before: revision)
    release = found.name
    self.base = .revision(found)
  }
}

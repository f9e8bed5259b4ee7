// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog

/// A git repository, read only: its index, its files and its objects are never written.
package struct Repository: Sendable, Hashable {
  /// The top of the working tree, or the git directory of a bare repository.
  package let directory: String
  /// Where the index and the head are; in a linked worktree not where the objects are.
  let gitDirectory: String
  let isBare: Bool

  /// The repository a directory lies in.
  package init(containing directory: String) throws(BuildError) {
    func ask(_ arguments: String...) throws(BuildError) -> ToolRun {
      try ToolRun.run(.init(arguments: ["git", "-C", directory, "rev-parse"] + arguments))
    }
    let found = try ask("--absolute-git-dir")
    guard found.succeeded else {
      let why =
        found.errors.contains("not a git repository")
        ? "\(directory) is in no git repository: give the path of a tacho executable, or run this "
          + "inside a clone"
        : "git cannot use the repository at \(directory): \(found.reason)"
      throw BuildError(.reference, why)
    }
    gitDirectory = Self.line(found)
    let top = try ask("--show-toplevel")
    isBare = !top.succeeded
    self.directory = top.succeeded ? Self.line(top) : gitDirectory
  }

  /// The commit a revision names: a branch, a tag, a hash, `HEAD~3`, or `A...B` for the merge base.
  package func commit(of revision: String) throws(BuildError) -> String {
    guard !revision.isEmpty, !revision.hasPrefix("-"), !revision.contains(where: \.isNewline) else {
      throw BuildError(.reference, "'\(revision)' is not a revision")
    }
    if let dots = revision.range(of: "...") {
      return try mergeBase(
        String(revision[..<dots.lowerBound]), String(revision[dots.upperBound...]))
    }
    guard !revision.contains("..") else {
      throw BuildError(
        .reference, "'\(revision)' is a range, one revision is wanted; A...B is their merge base")
    }
    let run = try git(["rev-parse", "--verify", "--quiet", revision + "^{commit}"])
    guard run.succeeded else { throw try unknown(revision, run) }
    return Self.line(run)
  }

  /// The last commit two revisions share; an empty one is HEAD.
  package func mergeBase(_ left: String, _ right: String) throws(BuildError) -> String {
    let names = [left, right].map { $0.isEmpty ? "HEAD" : $0 }
    let commits = [try commit(of: names[0]), try commit(of: names[1])]
    let run = try git(["merge-base"] + commits)
    guard run.succeeded else {
      throw BuildError(
        .reference,
        "\(names[0]) and \(names[1]) share no commit" + (try isShallow() ? Self.shallowHint : ""))
    }
    return Self.line(run)
  }

  /// The content of a commit, whatever its message and history.
  package func tree(of commit: String) throws(BuildError) -> String {
    let run = try git(["rev-parse", "--verify", commit + "^{tree}"])
    guard run.succeeded else {
      throw BuildError(.failed, "git cannot read the tree of \(commit): \(run.reason)")
    }
    return Self.line(run)
  }

  /// A commit in a few words: its short hash and its subject.
  package func summary(of commit: String) throws(BuildError) -> String {
    let run = try git(["log", "-1", "--format=%h %s", commit])
    return run.succeeded ? Self.line(run) : commit
  }

  /// The commits after `good` up to `bad`, oldest first, `bad` the last: what a bisection searches.
  ///
  /// With `firstParent` only those of the branch itself, each merge one step.
  package func commits(after good: String, upTo bad: String, firstParent: Bool = true)
    throws(BuildError) -> [String]
  {
    let (first, last) = (try commit(of: good), try commit(of: bad))
    guard try git(["merge-base", "--is-ancestor", first, last]).succeeded else {
      throw BuildError(
        .reference,
        "\(good) is not in the history of \(bad): begin at their merge base, \(good)...\(bad)"
          + (try isShallow() ? Self.shallowHint : ""))
    }
    let run = try git(
      ["rev-list", "--reverse", "--topo-order"] + (firstParent ? ["--first-parent"] : [])
        + ["\(first)..\(last)"])
    guard run.succeeded else {
      throw BuildError(.failed, "git cannot list \(good)..\(bad): \(run.reason)")
    }
    return run.output.split(separator: "\n").map(String.init)
  }

  func git(_ arguments: [String], environment: [String: String] = [:]) throws(BuildError)
    -> ToolRun
  {
    try ToolRun.run(
      .init(
        arguments: ["git", "--no-optional-locks", "-C", directory] + arguments,
        environment: environment))
  }

  static func line(_ run: ToolRun) -> String {
    run.output.hasSuffix("\n") ? String(run.output.dropLast()) : run.output
  }

  static let shallowHint =
    ". This clone is shallow, its history is cut off: git fetch --unshallow (in GitHub Actions "
    + "'fetch-depth: 0' of actions/checkout)"

  func isShallow() throws(BuildError) -> Bool {
    Self.line(try git(["rev-parse", "--is-shallow-repository"])) == "true"
  }

  private func unknown(_ revision: String, _ run: ToolRun) throws(BuildError) -> BuildError {
    if run.errors.contains("ambiguous") {
      return BuildError(.reference, "'\(revision)' is the beginning of several hashes: give more")
    }
    var message = "'\(revision)' is neither a file here nor a revision of \(directory)"
    let references = try git(["for-each-ref", "--format=%(refname:short)"])
    let near = Self.nearest(
      to: revision, among: references.output.split(separator: "\n").map(String.init))
    if !near.isEmpty { message += "; did you mean \(near.joined(separator: ", "))?" }
    if try isShallow() { message += Self.shallowHint }
    return BuildError(.reference, message)
  }

  /// At most three names: those of a remote that end in the word, then those spelt nearly so.
  static func nearest(to word: String, among names: [String]) -> [String] {
    guard word.utf8.count <= 128 else { return [] }
    // HEAD~3 and v1.0^{} are meant as well.
    let stem = String(word.prefix { $0 != "~" && $0 != "^" && $0 != "@" })
    let limit = max(2, stem.count / 3)
    let ranked = names.map { name in
      name.hasSuffix("/" + stem) ? (name, 0) : (name, 1 + Spelling.distance(stem, name))
    }
    return ranked.filter { $0.1 <= 1 + limit }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
      .prefix(3).map(\.0)
  }
}

// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis

extension Repository {
  /// What git knows of a commit.
  package func note(of commit: String) throws(BuildError) -> CommitNote {
    // NUL can be in none of the fields.
    let run = try git([
      "log", "-1", "--no-show-signature", "--format=%H%x00%P%x00%aI%x00%s", commit, "--",
    ])
    let fields = Self.line(run).split(separator: "\0", omittingEmptySubsequences: false)
    guard run.succeeded, fields.count == 4 else {
      throw BuildError(.failed, "git cannot show \(commit): \(run.reason)")
    }
    return CommitNote(
      hash: String(fields[0]), parents: fields[1].split(separator: " ").map(String.init),
      date: String(fields[2]), subject: String(fields[3]))
  }

  /// Whether the first is in the history of the second.
  package func isAncestor(_ first: String, of second: String) throws(BuildError) -> Bool {
    let commits = (try commit(of: first), try commit(of: second))
    return try git(["merge-base", "--is-ancestor", commits.0, commits.1]).succeeded
  }

  /// All commits up to any of these, parents before their children and else by date; hashes that are not
  /// here are passed over.
  package func ancestry(of commits: [String]) throws(BuildError) -> [String] {
    let known = commits.filter { $0.allSatisfy { $0.isASCII && $0.isHexDigit } && !$0.isEmpty }
    guard !known.isEmpty else { return [] }
    let run = try git(
      ["rev-list", "--reverse", "--date-order", "--ignore-missing"] + known + ["--"])
    return run.output.split(separator: "\n").map(String.init)
  }
}

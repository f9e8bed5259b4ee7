// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// What a word on the command line names: a program, the sources as they lie there, or a revision of them.
package enum BuildReference: Sendable, Hashable {
  /// The file, absolute.
  case executable(path: String)
  /// The working tree with what is not committed.
  case workingTree(Repository)
  case revision(Revision)

  /// A commit and the word it was asked for by.
  package struct Revision: Sendable, Hashable {
    package let repository: Repository
    package let name: String
    package let commit: String
    /// The hash of its content.
    package let tree: String
  }

  /// Reads a word as a person in `directory` means it.
  ///
  /// `.` and `worktree` are the working tree; an executable file, or a word with a slash that is a
  /// file, is a program; a folder written as a path is the working tree there; all else is a revision:
  /// a branch, a tag, a hash, `HEAD~3`, `main...HEAD` for the merge base. A branch named like a file is
  /// `refs/heads/NAME`.
  package init(argument word: String, directory: String = ".") throws(BuildError) {
    guard !word.isEmpty else { throw BuildError(.reference, "an empty word names no build") }
    if word == "." || word == "worktree" {
      self = .workingTree(try Repository(containing: directory))
      return
    }
    let path = Self.path(word, in: directory)
    var information = stat()
    if stat(path, &information) == 0 {
      let isFolder = information.st_mode & S_IFMT == S_IFDIR
      if isFolder && (word.contains("/") || word.hasPrefix(".")) {
        self = .workingTree(try Repository(containing: path))
        return
      }
      if !isFolder && (word.contains("/") || access(path, X_OK) == 0) {
        try Self.checkProgram(path, word)
        self = .executable(path: path)
        return
      }
    } else if word.hasPrefix("/") || word.hasPrefix("./") || word.hasPrefix("../")
      || word.hasPrefix("~/")
    {
      throw BuildError(.reference, "there is no file \(word): \(SystemReason.text(errno))")
    }
    let repository = try Repository(containing: directory)
    self = try .revision(repository.revision(word))
  }

  /// In a few words for a person.
  package var label: String {
    switch self {
    case .executable(let path): path
    case .workingTree: "working tree"
    case .revision(let revision): revision.name
    }
  }

  private static func path(_ word: String, in directory: String) -> String {
    let expanded = (word as NSString).expandingTildeInPath
    let joined = expanded.hasPrefix("/") ? expanded : "\(directory)/\(expanded)"
    guard let resolved = realpath(joined, nil) else { return joined }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Asks a program whether it is tacho.
  private static func checkProgram(_ path: String, _ word: String) throws(BuildError) {
    guard access(path, X_OK) == 0 else {
      throw BuildError(
        .reference, "\(word) may not be executed: \(SystemReason.text(errno)); chmod +x \(word)")
    }
    let run: ToolRun
    do {
      run = try ToolRun.run(.init(arguments: [path, "--version"], timeout: 10))
    } catch {
      throw BuildError(.reference, "\(word) does not run here: \(error.message)")
    }
    guard !run.timedOut else {
      throw BuildError(
        .reference, "\(word) is no tacho: it did not answer --version within 10 seconds")
    }
    guard run.succeeded, isVersion(Repository.line(run)) else {
      let answer = run.lines.first.map { "it answered '\($0.prefix(80))'" } ?? "it said nothing"
      throw BuildError(
        .reference,
        "\(word) is no tacho: asked --version, \(answer) and ended with code \(run.code)")
    }
  }

  /// One line, and that a release number such as 0.1.0 or 1.2.0-beta.1: what tacho prints.
  static func isVersion(_ text: String) -> Bool {
    text.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?/) != nil
  }
}

extension Repository {
  /// A word as a revision with its content's hash.
  package func revision(_ name: String) throws(BuildError) -> BuildReference.Revision {
    let commit = try commit(of: name)
    return BuildReference.Revision(
      repository: self, name: name, commit: commit, tree: try tree(of: commit))
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// The content of a working tree as it is at a moment, as a tree of git: tracked files with their
/// changes and new files that are not ignored.
///
/// The repository's own index, stash, files and objects stay as they are: the index is a copy, new
/// objects go to a folder of their own, which lives as long as this.
final class WorkingTreeSnapshot {
  let tree: String
  /// What git must be told to read the snapshot's objects.
  let environment: [String: String]
  /// Whether it differs from the commit checked out.
  let isDirty: Bool
  private let folder: TemporaryFolder

  init(of repository: Repository, in directory: String) throws(BuildError) {
    guard !repository.isBare else {
      throw BuildError(
        .reference, "\(repository.directory) is a bare repository: it has no working tree")
    }
    let folder = try TemporaryFolder(in: directory)
    self.folder = folder
    let objects = try repository.git(
      ["rev-parse", "--path-format=absolute", "--git-path", "objects"])
    let index = try repository.git(["rev-parse", "--path-format=absolute", "--git-path", "index"])
    guard objects.succeeded, index.succeeded else {
      throw BuildError(.failed, "git cannot say where its objects are: \(objects.reason)")
    }
    // The copy knows which files are as they were: only the others are read.
    let copy = folder.path + "/index"
    let original = Repository.line(index)
    if access(original, F_OK) == 0 {
      do {
        try FileManager.default.copyItem(atPath: original, toPath: copy)
      } catch {
        throw BuildError(.failed, "cannot copy \(original): \(error.localizedDescription)")
      }
    }
    let environment = [
      "GIT_INDEX_FILE": copy, "GIT_OBJECT_DIRECTORY": folder.path + "/objects",
      "GIT_ALTERNATE_OBJECT_DIRECTORIES": Self.quoted(Repository.line(objects)),
    ]
    self.environment = environment.filter { $0.key != "GIT_INDEX_FILE" }
    mkdir(folder.path + "/objects", 0o755)
    func run(_ arguments: [String]) throws(BuildError) -> String {
      // Settings that would make git write beside the index it is given, or ask a running service.
      let settings = [
        "core.splitIndex=false", "core.fsmonitor=false", "core.untrackedCache=false",
        "advice.addEmbeddedRepo=false", "core.safecrlf=false",
      ]
      let run = try repository.git(
        settings.flatMap { ["-c", $0] } + arguments, environment: environment)
      guard run.succeeded else {
        throw BuildError(
          .failed, "git cannot read the working tree \(repository.directory): \(run.reason)")
      }
      return Repository.line(run)
    }
    _ = try run(["add", "--all", "--", ":/"])
    let tree = try run(["write-tree"])
    self.tree = tree
    let head = try repository.git(["rev-parse", "--verify", "--quiet", "HEAD^{tree}"])
    isDirty = Repository.line(head) != tree
  }

  /// As git wants a path in a list separated by colons.
  static func quoted(_ path: String) -> String {
    guard path.contains(":") || path.hasPrefix("\"") else { return path }
    let escaped = path.replacingOccurrences(of: "\\", with: "\\\\")
      .replacingOccurrences(of: "\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

extension Repository {
  /// A path as the repository knows it, from its top; nil when it lies outside of it.
  package func path(ofFile path: String, from directory: String = ".") -> String? {
    let joined = path.hasPrefix("/") ? path : "\(directory)/\(path)"
    // The file itself need not be there: only its folder has to.
    let folder = (joined as NSString).deletingLastPathComponent
    guard let resolved = realpath(folder.isEmpty ? "/" : folder, nil),
      let top = realpath(self.directory, nil)
    else { return nil }
    defer {
      free(resolved)
      free(top)
    }
    let (inside, root) = (String(cString: resolved), String(cString: top))
    let name = (joined as NSString).lastPathComponent
    if inside == root { return name }
    return inside.hasPrefix(root + "/") ? inside.dropFirst(root.count + 1) + "/" + name : nil
  }

  /// A file's text in a commit, by its path from the top; nil when the commit has no such file.
  package func text(of path: String, at commit: String) throws(BuildError) -> String? {
    let listed = try git(["ls-tree", "--full-tree", "-z", commit, "--", path])
    guard listed.succeeded else {
      throw BuildError(.failed, "git cannot read \(path) in \(commit): \(listed.reason)")
    }
    guard let entry = listed.output.split(separator: "\0").first else { return nil }
    let words = entry.prefix { $0 != "\t" }.split(separator: " ")
    guard words.count == 3, words[1] == "blob" else {
      throw BuildError(.failed, "\(path) is no file in \(commit)")
    }
    let blob = try git(["cat-file", "blob", String(words[2])])
    guard blob.succeeded else {
      throw BuildError(.failed, "git cannot read \(path) in \(commit): \(blob.reason)")
    }
    return blob.output
  }
}

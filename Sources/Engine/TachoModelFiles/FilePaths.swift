// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The few questions about paths that model files raise, without Foundation.
package enum FilePaths {
  package static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  package static func isDirectory(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  package static func join(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }

  /// Everything up to the last slash; `.` when there is none.
  package static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

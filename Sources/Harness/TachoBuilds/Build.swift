// SPDX-License-Identifier: Apache-2.0

/// A program ready to run; while this lives the cache does not remove it.
package final class Build: Sendable {
  /// The executable.
  ///
  /// All builds' paths are of one length, since the length of a program's own name
  /// moves its stack.
  package let path: String
  /// 32 hex digits that tell it from other programs: the name of its folder in the cache.
  package let name: String
  package let note: BuildNote
  /// Whether it lay ready.
  package let wasCached: Bool
  private let lease: CacheLock

  init(path: String, name: String, note: BuildNote, wasCached: Bool, lease: CacheLock) {
    self.path = path
    self.name = name
    self.note = note
    self.wasCached = wasCached
    self.lease = lease
  }

  var folder: String { String(path.dropLast(note.programName.count + 1)) }
}

extension BuildNote {
  /// The executable's file name.
  var programName: String { recipe?.product ?? "tacho" }
}

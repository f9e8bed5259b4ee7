// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How long the last builds in a slot took, for what the next one may take.
struct BuildTimes {
  private struct Kept: Codable {
    /// Seconds of the last build from nothing, and of the last after another revision.
    var fresh: Double?
    var incremental: Double?
  }

  let folder: String

  private var path: String { folder + "/times.json" }

  func expected(fresh: Bool) -> Double? {
    let kept = kept()
    return fresh ? kept.fresh : kept.incremental
  }

  /// Best effort: an estimate that is not there is worth no failed build.
  func record(_ seconds: Double, fresh: Bool) {
    var kept = kept()
    if fresh { kept.fresh = seconds } else { kept.incremental = seconds }
    try? JSONEncoder().encode(kept).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  private func kept() -> Kept {
    guard let file = try? ReadableFile(path), file.size < 4096,
      let bytes = try? file.bytes(at: 0, count: file.size),
      let kept = try? JSONDecoder().decode(Kept.self, from: Data(bytes))
    else { return Kept() }
    return kept
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoBuilds

/// One live line on a terminal while a build is made; nothing elsewhere but its beginning.
enum BuildLine {
  static func show(_ progress: BuildProgress) {
    let expected = progress.expectedSeconds.map { " of about \(Int($0)) s" } ?? ""
    let text = "\(progress.label): \(progress.step.rawValue), \(Int(progress.elapsedSeconds)) s"
    if isatty(2) == 1 {
      StandardStreams.note("\r\u{1B}[K\(text)\(expected) \(progress.detail.suffix(60))")
    } else if progress.elapsedSeconds < 0.01 {
      StandardStreams.note("\(progress.label): \(progress.step.rawValue)\n")
    }
  }

  static func clear() {
    if isatty(2) == 1 { StandardStreams.note("\r\u{1B}[K") }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// A process that measures trials, and how it tells that another one is dead.
package struct StudyWorker: Sendable {
  /// After this many seconds without a sign a worker of another machine is held to be dead.
  package static let grace = 120.0

  /// `host/process/start`, or what `--ask` was called for.
  package let name: String
  /// Seconds since 1970.
  package let now: @Sendable () -> Double

  package init(name: String, now: @escaping @Sendable () -> Double) {
    self.name = name
    self.now = now
  }

  /// This process.
  package static var current: StudyWorker {
    let process = ProcessInfo.processInfo.processIdentifier
    let start = startTime(of: process) ?? "?"
    return StudyWorker(name: "\(host)/\(process)/\(start)") { Date().timeIntervalSince1970 }
  }

  /// Somebody outside who asks and tells: never held to be dead.
  package static var outside: StudyWorker {
    StudyWorker(name: "outside") { Date().timeIntervalSince1970 }
  }

  private static var host: String { ProcessInfo.processInfo.hostName }

  /// Field 22 of /proc/PID/stat: two processes with one number differ in it.
  private static func startTime(of process: Int32) -> String? {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? String(fields[19]) : nil
  }

  /// Whether the worker of a running trial is gone.
  package func hasLost(_ row: StudyRow) -> Bool {
    guard let worker = row.worker, worker != "outside" else { return false }
    let parts = worker.split(separator: "/").map(String.init)
    if parts.count == 3, parts[0] == Self.host, let process = Int32(parts[1]) {
      return Self.startTime(of: process) != parts[2]
    }
    return now() - (row.heartbeat ?? 0) > Self.grace
  }
}

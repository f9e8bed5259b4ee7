// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoCatalog
import TachoPlan
import TachoRecord

/// The file beside the store that keeps a bisection's answers, so that the same command goes on with them.
struct BisectState {
  let path: String
  /// What makes it this search: commits, points, margins, budget and machine.
  let key: String

  /// Of a search over a plan; another plan, range or machine has another file.
  init(store: String, record: BisectRecord, plan: Plan, machine: MachineRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let points = try plan.points.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    let policy = String(decoding: try encoder.encode(plan.gate), as: UTF8.self)
    key = SHA256.hex(
      ([
        record.good, record.bad, record.direction.rawValue, record.revisions.joined(separator: " "),
        machine.id, plan.suite, policy,
      ] + points).joined(separator: "\n"))
    let directory = (store as NSString).deletingLastPathComponent
    path = (directory.isEmpty ? "" : directory + "/") + "bisect-\(key.prefix(12)).json"
  }

  /// What was recorded; nil when there is nothing.
  func read(_ fresh: BisectRecord) throws -> BisectRecord? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let remedy = "; remove it, or begin again with --restart"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationError("\(path) holds the answers so far and cannot be read\(remedy)")
    }
    let record: BisectRecord
    do {
      record = try JSONDecoder().decode(BisectRecord.self, from: data)
    } catch {
      throw ValidationError("\(path) holds the answers so far and is damaged: \(error)\(remedy)")
    }
    guard record.isSameSearch(fresh) else {
      throw ValidationError("\(path) belongs to another search\(remedy)")
    }
    if record.trials.contains(where: { $0.stage == .ends && $0.verdict == .changed }),
      record.followed.isEmpty
    {
      throw ValidationError("\(path) is damaged: it does not say which points changed\(remedy)")
    }
    return record
  }

  func write(_ record: BisectRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      // Atomically: a killed process leaves the answers before.
      try encoder.encode(record).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ValidationError("cannot keep the answers in \(path): \(error.localizedDescription)")
    }
  }
}

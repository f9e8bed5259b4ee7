// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoRecord
import TachoStore

/// The sweep on record that `--against-stored STORE[#SWEEP]` names.
struct StoredBaseline {
  let path: String
  let sweep: ResultSet.Sweep

  /// Without `#SWEEP` the latest sweep of this suite that measured it whole; else the one whose id begins so.
  init(argument: String, suite: String) throws {
    let (path, wanted) = try Self.parts(of: argument)
    self.path = path
    let store = try ResultStore(path: path, readOnly: true)
    let known = try store.sweeps()
    let record = try wanted.map { try Self.named($0, known, path) } ?? Self.latest(of: suite, store)
    sweep = try store.results(of: record.id, launches: 0)
    guard sweep.pairs.isEmpty else {
      throw ValidationError(
        "sweep \(record.id) in \(path) is of launch pairs (\(record.suite)), whose samples were taken beside "
          + "another process's: give a sweep of tacho run")
    }
  }

  private static func parts(of argument: String) throws -> (path: String, sweep: String?) {
    if FileManager.default.fileExists(atPath: argument) { return (argument, nil) }
    guard let mark = argument.lastIndex(of: "#") else {
      throw ValidationError("--against-stored \(argument): there is no such store")
    }
    let path = String(argument[..<mark])
    let sweep = String(argument[argument.index(after: mark)...])
    guard FileManager.default.fileExists(atPath: path) else {
      throw ValidationError("--against-stored \(argument): there is no store \(path)")
    }
    guard !sweep.isEmpty else {
      throw ValidationError(
        "--against-stored \(argument): write a sweep's id after #, or leave out the #")
    }
    return (path, sweep)
  }

  private static func named(
    _ wanted: String, _ known: [SweepRecord], _ path: String
  ) throws -> SweepRecord {
    if let exact = known.first(where: { $0.id == wanted }) { return exact }
    let fitting = known.filter { $0.id.hasPrefix(wanted) }
    guard let only = fitting.first, fitting.count == 1 else {
      throw ValidationError(
        "\(fitting.isEmpty ? "no sweep" : "more than one sweep") in \(path) has an id that begins with "
          + "'\(wanted)'; it holds:\n" + listed(fitting.isEmpty ? known : fitting))
    }
    return only
  }

  private static func latest(of suite: String, _ store: ResultStore) throws -> SweepRecord {
    let known = try store.sweeps()
    let reruns = try store.reruns()
    guard let latest = known.last(where: { $0.suite == suite && reruns[$0.id] == nil }) else {
      throw ValidationError(
        "no sweep of suite '\(suite)' in \(store.path); "
          + (known.isEmpty
            ? "it holds none"
            : "name another one by its id, STORE#SWEEP; it holds:\n" + listed(known)))
    }
    return latest
  }

  private static let mostListed = 12

  /// The latest first.
  private static func listed(_ records: [SweepRecord]) -> String {
    let lines = records.reversed().prefix(mostListed).map {
      "  \($0.id)  \($0.suite), \($0.startedAt)"
    }
    let more = records.count - lines.count
    return lines.joined(separator: "\n") + (more > 0 ? "\n  and \(more) more" : "")
  }
}

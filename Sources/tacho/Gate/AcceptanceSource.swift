// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoBuilds
import TachoPlan
import TachoRecord
import TachoSuite
import TachoWorkloads

/// Finds the acceptances that a job has to go by: those of the candidate's tree, which is what a review
/// sees, and which of them the base has already.
struct AcceptanceSource {
  let suite: String
  let sides: GateSides
  let today: CalendarDay

  private var path: String { AcceptanceFile.path(besideSuite: suite) }

  /// Nil where nothing is accepted; throws for a file with mistakes, and for entries that have expired or
  /// do nothing.
  func load(isApplied: Bool) throws -> GateAcceptances? {
    guard let file = try candidateFile(), !file.entries.isEmpty else { return nil }
    // The whole suite: an entry for what a filter leaves out is no mistake.
    try Plan.load(suite: suite, kinds: Workloads.kinds).check(file, today: today)
    var inBase: [GateAcceptance]?
    var unknown: String?
    do {
      inBase = try baseFile()?.entries.map(\.acceptance) ?? []
    } catch let error as BaseUnknown {
      unknown = error.reason
    } catch {
      unknown = "the base's version of it cannot be read: \(error)"
    }
    return GateAcceptances(
      path: file.path, text: file.text,
      found: file.entries.map { ($0.acceptance, $0.position.line) }, inBase: inBase, today: today,
      isApplied: isApplied, baseUnknown: unknown)
  }

  private struct BaseUnknown: Error {
    let reason: String
  }

  /// Where the file lies within its repository; nil when it is in none.
  private var pathInRepository: String? {
    let folder = (path as NSString).deletingLastPathComponent
    let repository = try? Repository(containing: folder.isEmpty ? "." : folder)
    return repository?.path(ofFile: path)
  }

  private func candidateFile() throws -> AcceptanceFile? {
    guard let inside = pathInRepository else { return try AcceptanceFile.read(path: path) }
    switch sides.candidate {
    case .revision(let revision):
      let text = try revision.repository.text(of: inside, at: revision.commit)
      return try text.map { try AcceptanceFile(path: "\(revision.name):\(inside)", text: $0) }
    case .workingTree(let repository): return try Self.file(inside, in: repository, else: path)
    case .executable: return try AcceptanceFile.read(path: path)
    }
  }

  private func baseFile() throws -> AcceptanceFile? {
    guard let inside = pathInRepository else {
      throw BaseUnknown(reason: "\(path) is in no repository")
    }
    switch sides.base {
    case .revision(let revision):
      let text = try revision.repository.text(of: inside, at: revision.commit)
      return try text.map { try AcceptanceFile(path: "\(revision.name):\(inside)", text: $0) }
    case .workingTree(let repository): return try Self.file(inside, in: repository, else: path)
    case .executable: throw BaseUnknown(reason: "the base is a program, not a revision")
    }
  }

  /// The file in a working tree, by the path as given where it is the same file.
  private static func file(
    _ inside: String, in repository: Repository, else path: String
  ) throws -> AcceptanceFile? {
    let isHere = repository.path(ofFile: path) == inside
    return try AcceptanceFile.read(path: isHere ? path : "\(repository.directory)/\(inside)")
  }

  /// What a person should know before the job begins; nil when there is nothing.
  static func remark(_ acceptances: GateAcceptances?, release: String?) -> String? {
    var lines: [String] = []
    if let release { lines.append("compared with the last release, \(release)") }
    if let acceptances {
      let inForce = acceptances.entries.filter { acceptances.isInForce($0) }.count
      let all = acceptances.entries.count
      lines.append(
        "\(acceptances.path): \(inForce) of \(all) accepted \(all == 1 ? "slowdown" : "slowdowns") "
          + "in force"
          + (acceptances.isApplied
            ? "" : ", since the sum is to be seen (--with-accepted applies them)"))
    }
    return lines.isEmpty ? nil : lines.joined(separator: "; ")
  }
}

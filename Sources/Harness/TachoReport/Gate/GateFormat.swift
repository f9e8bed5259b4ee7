// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A way to write what a job of the gate came to as one text.
///
/// To add one: a file with a conforming type, and a line in `GateFormats.all`.
package protocol GateFormat: Sendable {
  /// What `tacho gate --format NAME=PATH` calls it.
  static var name: String { get }
  static var summary: String { get }
  static func render(_ result: GateResult, _ context: GateContext) throws -> String
}

/// What a format may say besides the result itself: all of it is optional, and left out where it is not
/// known.
package struct GateContext: Sendable {
  /// The suite's file, relative to the repository's root: where a CI shows a finding.
  package var suitePath: String?
  /// The command line that repeats the job.
  package var command: String?
  package var machine: MachineRecord?
  /// Seconds that a member's launches took, by member.
  package var seconds: [String: Double]
  /// Columns of the terminal; nil when the output is a file or a pipe.
  package var width: Int?

  package init(
    suitePath: String? = nil, command: String? = nil, machine: MachineRecord? = nil,
    seconds: [String: Double] = [:], width: Int? = nil
  ) {
    self.suitePath = suitePath
    self.command = command
    self.machine = machine
    self.seconds = seconds
    self.width = width
  }

  /// `bench-01: Example CPU 9000, 16 cores, Debian GNU/Linux 12`; nil when the machine is not known.
  var machineText: String? {
    guard let machine else { return nil }
    let facts = Facts(machine.facts)
    let parts = [facts.processor, facts.cores.map { "\($0) cores" }, facts.system]
      .compactMap { $0 }
    return parts.isEmpty ? machine.name : machine.name + ": " + parts.joined(separator: ", ")
  }
}

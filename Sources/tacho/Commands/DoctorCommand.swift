// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoRun

/// Says whether this machine is fit for measuring.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check whether this machine is fit for measuring.",
    discussion: """
      Looks at settings of the processor, the kernel and the container, and watches other processes \
      for a moment. Each finding says what it costs a measurement and what mends it. \
      \(Doctor.rule)
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "Exit with 4 when the grade is worse than this: A, B, C, D or F.")
  var require: Doctor.Grade?

  @Option(help: ArgumentHelp("How long to watch other processes.", valueName: "seconds"))
  var watch = 1.0

  func validate() throws {
    guard watch > 0, watch <= 3600 else {
      throw ValidationError("--watch \(watch): give seconds above 0, at most 3600")
    }
  }

  func run() throws {
    let doctor = Doctor(.watching(seconds: watch))
    try StandardStreams.write(json ? doctor.json : doctor.text)
    if let require, doctor.grade < require {
      StoreOptions.note("grade \(doctor.grade.rawValue) is worse than \(require.rawValue)")
      throw ExitCode(4)
    }
  }
}

extension Doctor.Grade: ExpressibleByArgument {
  /// A letter, capital or not.
  public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}

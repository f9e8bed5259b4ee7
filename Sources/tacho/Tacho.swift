// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoCatalog

/// The command line: each subcommand is one file.
@main
struct Tacho: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tacho",
    abstract: "A tachometer for LLM inference: measures, stores and reports.",
    version: TachoVersion.string,
    subcommands: [
      RunCommand.self,
      GateCommand.self,
      AcceptCommand.self,
      GateReplayCommand.self,
      GateTrialsCommand.self,
      BisectCommand.self,
      TuneCommand.self,
      BenchCommand.self,
      CalibrateCommand.self,
      RerunCommand.self,
      ReportCommand.self,
      ExportCommand.self,
      TraceCommand.self,
      HistoryCommand.self,
      GenerateCommand.self,
      TrainCommand.self,
      TokenizeCommand.self,
      LogitsCommand.self,
      ModelCommand.self,
      ListCommand.self,
      ExplainCommand.self,
      DoctorCommand.self,
      WorkerServeCommand.self,
    ])

  static func main() {
    CommandLineFailure.run { try parseAsRoot() }
  }
}

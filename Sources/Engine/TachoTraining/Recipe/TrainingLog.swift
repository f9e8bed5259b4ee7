// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoModelFiles

/// A line for each step of a run, as CSV.
///
/// Steps that are taken again after an interruption replace their lines.
final class TrainingLog {
  private static let header =
    "step,loss,balance,gradient_norm,learning_rate,tokens,nanoseconds,gflops_per_second\n"
  private let path: String
  private let descriptor: Int32

  /// Opens the log and keeps its lines of steps before `step`.
  init(path: String, keepingBefore step: Int) throws {
    self.path = path
    var kept = Self.header
    if step > 0, FilePaths.exists(path) {
      let file = try MappedFile(path: path)
      let text = String(decoding: file.bytes, as: UTF8.self)
      for line in text.split(separator: "\n").dropFirst() {
        let number = line.prefix { $0 != "," }
        // A line that a kill cut short has no steps after it.
        if let number = Int(number), number < step { kept += line + "\n" }
      }
    }
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw TrainingError(
        .badFile, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
    try append(kept)
  }

  deinit { close(descriptor) }

  func append(_ report: Trainer.Report) throws {
    let rate = report.flops / Double(max(1, report.nanoseconds))
    let fields: [String] = [
      "\(report.step)", "\(Float(report.loss))", "\(Float(report.balance))",
      "\(Float(report.gradientNorm))", "\(Float(report.learningRate))", "\(report.tokens)",
      "\(report.nanoseconds)", "\(Float(rate))",
    ]
    try append(fields.joined(separator: ",") + "\n")
  }

  private func append(_ text: String) throws {
    var text = text
    try text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          throw TrainingError(
            .badFile, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        done += count
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import TachoRecord

extension GateCause {
  /// `, [+0.10 ms, +0.30 ms]`; nothing where there is none.
  private func interval(_ part: Part) -> String {
    guard let low = part.low, let high = part.high else { return "" }
    return ", [\(GateText.seconds(low)), \(GateText.seconds(high))]"
  }

  /// One line for each way in which the cause was looked for, with why where there is nothing: `factors:
  /// instructions +4.10%, cycles per instruction -0.20%`.
  func lines(most: Int) -> [String] {
    var lines: [String] = []
    func line(_ title: String, _ parts: [Part], _ missing: String?, _ text: (Part) -> String) {
      if !parts.isEmpty {
        let shown = parts.prefix(most).map(text).joined(separator: ", ")
        let rest = parts.count > most ? ", and \(parts.count - most) more" : ""
        lines.append("\(title): \(shown)\(rest)")
      } else if let missing {
        lines.append("\(title): unavailable, because \(missing)")
      }
    }
    line("factors", factors, factorsMissing) { "\($0.name) \(GateText.change($0.change))" }
    line("kernels", kernels, kernelsMissing) { part in
      "\(part.name) \(GateText.seconds(part.change)) "
        + "(\(GateText.change(ofShare: part.share)) of the base\(interval(part)))"
    }
    line("functions", functions, functionsMissing) { part in
      "\(part.name) \(GateText.count(part.change)) instructions "
        + "(\(GateText.change(ofShare: part.share)) of the base)"
    }
    if !environment.isEmpty {
      lines.append("conditions that differ: \(environment.joined(separator: "; "))")
    }
    return lines
  }
}

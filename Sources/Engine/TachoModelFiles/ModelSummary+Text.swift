// SPDX-License-Identifier: Apache-2.0

extension ModelSummary {
  /// The summary as aligned lines for a terminal.
  package var text: String {
    var lines: [(String, String)] = [
      ("file", "\(path) (\(Self.size(fileBytes)), GGUF version \(ggufVersion))"),
      ("model", name ?? "(no name)"),
      ("architecture", architecture ?? "(none)"),
    ]
    if synthetic {
      let seed = syntheticSeed.map { ", seed \($0)" } ?? ""
      lines.append(("synthetic", "yes: random weights, for speed only\(seed)"))
    }
    lines.append(
      (
        "parameters",
        "\(Self.count(parameters)) in \(Self.size(tensorBytes)), "
          + "\(Self.rounded(bitsPerWeight, 2)) bits per weight"
      ))
    for share in types {
      lines.append(
        (
          "  \(share.type)",
          "\(Self.size(share.bytes)), \(share.tensors) tensors, "
            + "\(Self.count(share.parameters)) parameters"
        ))
    }
    lines += shapeLines
    if let tokenizer {
      let pre = tokenizer.preTokenizer.map { ", pre-tokenizer \($0)" } ?? ""
      let size = tokenizer.size.map { ", \($0) tokens" } ?? ""
      lines.append(("tokenizer", tokenizer.model + pre + size))
    }
    if !formatFallbacks.isEmpty {
      lines.append(
        ("fallbacks", "\(formatFallbacks.count) tensors, such as \(formatFallbacks[0])"))
    }
    for tensor in tensors ?? [] {
      let dimensions = tensor.dimensions.map(String.init).joined(separator: " x ")
      lines.append(
        ("  \(tensor.type)", "\(tensor.name) [\(dimensions)] \(Self.size(tensor.bytes))"))
    }
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { label, value in
      label + String(repeating: " ", count: width - label.count + 2) + value
    }.joined(separator: "\n")
  }

  private var shapeLines: [(String, String)] {
    func shown(_ value: Int?) -> String { value.map { String($0) } ?? "?" }
    var lines: [(String, String)] = []
    if layers != nil || hiddenSize != nil {
      lines.append(
        (
          "layers",
          "\(shown(layers)) of width \(shown(hiddenSize)), feed-forward \(shown(feedForwardSize))"
        ))
      lines.append(
        (
          "attention",
          "\(shown(heads)) heads of \(shown(headDimension)), \(shown(keyValueHeads)) for keys and "
            + "values"
        ))
      lines.append(("embeddings", tiedEmbeddings ? "tied with the output" : "separate from output"))
    }
    if let contextLength { lines.append(("context", "\(contextLength) tokens")) }
    if let ropeBase {
      lines.append(
        (
          "rope",
          "base \(Self.rounded(ropeBase, 0))" + (ropeScaling.map { ", scaling: \($0)" } ?? "")
        ))
    }
    return lines
  }

  private static func size(_ bytes: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1024, unit + 1 < units.count {
      value /= 1024
      unit += 1
    }
    return "\(rounded(value, unit == 0 ? 0 : 1)) \(units[unit])"
  }

  private static func count(_ number: Int) -> String {
    switch number {
    case 1_000_000_000...: return "\(rounded(Double(number) / 1e9, 2)) billion"
    case 1_000_000...: return "\(rounded(Double(number) / 1e6, 1)) million"
    default: return "\(number)"
    }
  }

  /// `value` with exactly `places` decimals.
  private static func rounded(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var power = 1
    for _ in 0..<places { power *= 10 }
    let scaled = Int((abs(value) * Double(power)).rounded())
    let sign = value < 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % power)
    let zeros = String(repeating: "0", count: places - fraction.count)
    return "\(sign)\(scaled / power).\(zeros)\(fraction)"
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// One energy counter of the processor: a folder of Linux's powercap interface (Documentation/power/powercap).
///
/// `energy_uj` counts microjoules up to `max_energy_range_uj` and then from 0 again, and is updated about
/// every millisecond.
struct RAPLDomain {
  /// No domain draws more: within the time that this power needs to fill a counter it cannot have turned
  /// more than once.
  static let mostWatts = 1000.0

  let name: String
  let kind: EnergyReading.Domain.Kind
  let folder: String
  /// Microjoules at which the counter begins anew.
  let range: Int

  /// Every counter below `root`, packages before what is in them; empty where there is none.
  static func all(root: String) -> [RAPLDomain] {
    // `intel-rapl:0` is a package, `intel-rapl:0:1` a part of it; AMD's processors have the same names. The
    // other interface to the same counters (`intel-rapl-mmio:`) would count them twice.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let numbered = names.compactMap { entry -> (path: [Int], entry: String)? in
      guard entry.hasPrefix("intel-rapl:") else { return nil }
      let parts = entry.dropFirst("intel-rapl:".count).split(separator: ":").map { Int($0) }
      let path = parts.compactMap { $0 }
      return path.count == parts.count && !path.isEmpty ? (path, entry) : nil
    }
    return numbered.sorted { $0.path.lexicographicallyPrecedes($1.path) }.compactMap {
      RAPLDomain(root: root, entry: $0.entry, path: $0.path)
    }
  }

  private init?(root: String, entry: String, path: [Int]) {
    folder = "\(root)/\(entry)"
    guard let own = Self.text("\(folder)/name") else { return nil }
    range = Self.text("\(folder)/max_energy_range_uj").flatMap { Int($0) } ?? 0
    if path.count == 1 {
      // `psys` is the whole platform, the packages included.
      kind = own.hasPrefix("package") ? .package : .part
      name = own
    } else {
      kind = own == "dram" ? .dram : .part
      let parent = "\(root)/intel-rapl:\(path[0])/name"
      name = (Self.text(parent) ?? "package") + "/" + own
    }
  }

  /// The counter now, or why it cannot be read.
  func microjoules() -> Result<Int, RAPLFailure> {
    let path = "\(folder)/energy_uj"
    guard let file = fopen(path, "r") else {
      let reason = String(cString: strerror(errno))
      let help = errno == EACCES || errno == EPERM ? "; sudo chmod a+r \(path) lets it be read" : ""
      return .failure(RAPLFailure("\(path): \(reason)\(help)"))
    }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 64)
    let count = fread(&buffer, 1, buffer.count - 1, file)
    let text = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let value = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), value >= 0 else {
      return .failure(RAPLFailure("\(path) holds no number of microjoules"))
    }
    return .success(value)
  }

  /// Joules between two readings `seconds` apart, or why they cannot be told.
  func joules(from start: Int, to end: Int, seconds: Double) -> Result<Double, RAPLFailure> {
    if range > 0, seconds > Double(range) / 1e6 / Self.mostWatts {
      return .failure(
        RAPLFailure(
          "a gap: in \(Int(seconds)) s its counter of \(range / 1_000_000) J may have turned more than once"
        ))
    }
    if end >= start { return .success(Double(end - start) / 1e6) }
    guard range >= start else {
      return .failure(
        RAPLFailure("its counter fell and max_energy_range_uj does not say from where"))
    }
    return .success(Double(range - start + end) / 1e6)
  }

  private static func text(_ path: String) -> String? {
    (try? String(contentsOfFile: path, encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// Why an energy counter has no value.
struct RAPLFailure: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// The processor's identity, topology, instruction sets and caches, from /proc/cpuinfo and /sys.
struct ProcessorFacts {
  let files: SystemFiles

  /// Instruction sets that a kernel of Tacho or of a peer may be chosen by.
  static let featuresOfInterest: Set<String> = [
    "sse4_2", "avx", "f16c", "fma", "bmi2", "avx2", "avx_vnni", "avx512f", "avx512bw", "avx512dq",
    "avx512vl", "avx512cd", "avx512ifma", "avx512vbmi", "avx512_vbmi2", "avx512_vnni",
    "avx512_bf16", "avx512_fp16", "avx512_bitalg", "avx512_vpopcntdq", "gfni", "amx_tile",
    "amx_int8", "amx_bf16", "amx_fp16", "constant_tsc", "nonstop_tsc",
    "asimd", "asimdhp", "asimddp", "i8mm", "bf16", "sve", "sve2", "sme", "fphp",
  ]

  func facts() -> [String: ConfigurationValue] {
    let info = cpuinfo()
    func fact(_ keys: String...) -> ConfigurationValue {
      for key in keys { if let value = info[key] { return .string(value) } }
      return .unavailable("no '\(keys[0])' in /proc/cpuinfo")
    }
    let flags = (info["flags"] ?? info["Features"] ?? "").split(separator: " ").map(String.init)
    var facts: [String: ConfigurationValue] = [
      "cpu.model": fact("model name", "Model", "CPU part"),
      "cpu.vendor": fact("vendor_id", "CPU implementer"),
      "cpu.family": fact("cpu family", "CPU architecture"),
      "cpu.model_number": fact("model", "CPU part"),
      "cpu.stepping": fact("stepping", "CPU revision"),
      "cpu.microcode": fact("microcode"),
      "cpu.features": .array(
        Set(flags).intersection(Self.featuresOfInterest).sorted().map { .string($0) }),
      "machine.hypervisor": hypervisor(flags),
    ]
    facts.merge(topology()) { $1 }
    facts.merge(caches()) { $1 }
    return facts
  }

  /// The first processor's entries; later ones repeat them.
  private func cpuinfo() -> [String: String] {
    var result: [String: String] = [:]
    for line in files.text("/proc/cpuinfo")?.split(separator: "\n") ?? [] {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = trimmed(line[..<colon])
      if result[key] == nil { result[key] = trimmed(line[line.index(after: colon)...]) }
    }
    return result
  }

  private func trimmed(_ text: Substring) -> String {
    let rest = text.drop { $0.isWhitespace }
    guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(rest[...last])
  }

  private func topology() -> [String: ConfigurationValue] {
    let root = "/sys/devices/system/cpu"
    var packages: Set<String> = []
    var cores: Set<String> = []
    var threads = 0
    for name in files.names(in: root) where name.hasPrefix("cpu") && Int(name.dropFirst(3)) != nil {
      guard let package = files.line("\(root)/\(name)/topology/physical_package_id") else {
        continue
      }
      threads += 1
      packages.insert(package)
      cores.insert("\(package)/\(files.line("\(root)/\(name)/topology/core_id") ?? name)")
    }
    guard threads > 0 else {
      return ["cpu.threads": .unavailable("no topology in \(root)")]
    }
    let smt = files.line("\(root)/smt/active").map { $0 == "1" }
    return [
      "cpu.sockets": .int(packages.count), "cpu.cores": .int(cores.count),
      "cpu.threads": .int(threads), "cpu.smt": .bool(smt ?? (threads > cores.count)),
    ]
  }

  private func caches() -> [String: ConfigurationValue] {
    var facts: [String: ConfigurationValue] = [:]
    let root = "/sys/devices/system/cpu/cpu0/cache"
    for index in files.names(in: root) where index.hasPrefix("index") {
      guard let level = files.line("\(root)/\(index)/level"),
        let size = files.line("\(root)/\(index)/size")
      else { continue }
      let suffix: String
      switch files.line("\(root)/\(index)/type") {
      case "Data": suffix = "d"
      case "Instruction": suffix = "i"
      default: suffix = ""
      }
      let shared = files.line("\(root)/\(index)/shared_cpu_list") ?? "?"
      facts["cache.l\(level)\(suffix)"] = .string("\(size), cpu0's shared by cpus \(shared)")
    }
    return facts.isEmpty ? ["cache": .unavailable("no cache in \(root)")] : facts
  }

  private func hypervisor(_ flags: [String]) -> ConfigurationValue {
    let product = ["sys_vendor", "product_name"]
      .compactMap { files.line("/sys/class/dmi/id/\($0)") }.joined(separator: " ")
    if let type = files.line("/sys/hypervisor/type") { return .string(type) }
    guard flags.contains("hypervisor") else { return .string("none seen") }
    return .string(product.isEmpty ? "present" : product)
  }
}

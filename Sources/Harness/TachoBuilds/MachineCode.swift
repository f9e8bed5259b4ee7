// SPDX-License-Identifier: Apache-2.0

/// Whether two programs are the same to the processor.
package enum MachineCode {
  /// From "the same" to "something else", each with what tells them apart.
  package enum Comparison: Sendable, Hashable {
    /// All that is loaded when they run is equal but for notes, such as the build id: whatever is measured
    /// of the two is measured twice of one program.
    case sameProgram
    /// Equal instructions at equal addresses; the sections of data named differ. They may still behave
    /// differently: a table or a default may have changed.
    case sameCode(differing: [String])
    /// The sections of code that differ.
    case different([String])
  }

  /// Whether all their instructions are equal, and at equal addresses.
  package static func identical(_ left: String, _ right: String) throws(BuildError) -> Bool {
    if case .different = try compare(left, right) { return false }
    return true
  }

  /// Compares two executables (64-bit ELF) section by section.
  package static func compare(_ left: String, _ right: String) throws(BuildError) -> Comparison {
    let files = (try ELFFile(left), try ELFFile(right))
    guard files.0.machine == files.1.machine else {
      return .different(["(another processor)"])
    }
    var code: [String] = []
    var data: [String] = []
    let loaded = (
      files.0.sections.filter { $0.isLoaded && !$0.isNote },
      files.1.sections.filter { $0.isLoaded && !$0.isNote }
    )
    guard loaded.0.contains(where: \.isCode), loaded.1.contains(where: \.isCode) else {
      throw BuildError(.failed, "\(left) or \(right) holds no machine code: it is no executable")
    }
    // Names repeat in odd files: the first with the first, the second with the second.
    var rest = loaded.1
    for section in loaded.0 {
      let at = rest.firstIndex { $0.name == section.name }
      let other = at.map { rest.remove(at: $0) }
      let isEqual = try other.map { (other) throws(BuildError) in
        try equal(section, of: files.0, other, of: files.1)
      }
      guard isEqual != true else { continue }
      if section.isCode || other?.isCode == true {
        code.append(section.name)
      } else {
        data.append(section.name)
      }
    }
    code += rest.filter(\.isCode).map(\.name)
    data += rest.filter { !$0.isCode }.map(\.name)
    if !code.isEmpty { return .different(code) }
    return data.isEmpty ? .sameProgram : .sameCode(differing: data)
  }

  private static func equal(
    _ left: ELFFile.Section, of leftFile: ELFFile, _ right: ELFFile.Section,
    of rightFile: ELFFile
  ) throws(BuildError) -> Bool {
    guard left.address == right.address, left.size == right.size, left.flags == right.flags,
      left.isEmpty == right.isEmpty
    else { return false }
    if left.isEmpty { return true }
    var offset = 0
    while offset < left.size {
      let count = min(1 << 20, left.size - offset)
      guard
        try leftFile.bytes(of: left, at: offset, count: count)
          == rightFile.bytes(of: right, at: offset, count: count)
      else { return false }
      offset += count
    }
    return true
  }
}

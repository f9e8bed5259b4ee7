// SPDX-License-Identifier: Apache-2.0

/// A small ELF file made for a test: an executable with the sections given.
struct ELFImage {
  struct Section {
    var name: String
    var type: UInt32 = 1
    var flags: UInt64 = 2
    var address: UInt64 = 0
    var bytes: [UInt8] = []
    var link: UInt32 = 0
  }

  static let code: UInt64 = 2 | 4

  var sections: [Section]
  var machine: UInt16 = 62

  /// Header, sections' bytes, names, section headers.
  var bytes: [UInt8] {
    var names: [UInt8] = [0]
    var file = [UInt8](repeating: 0, count: 64)
    var headers = [UInt8](repeating: 0, count: 64)
    let all = sections + [Section(name: ".shstrtab", type: 3, flags: 0)]
    for (number, section) in all.enumerated() {
      let nameAt = names.count
      names += Array(section.name.utf8) + [0]
      let content = number == all.count - 1 ? names : section.bytes
      headers += Self.number(UInt64(nameAt), 4) + Self.number(UInt64(section.type), 4)
      headers += Self.number(section.flags, 8) + Self.number(section.address, 8)
      headers += Self.number(UInt64(file.count), 8) + Self.number(UInt64(content.count), 8)
      headers += Self.number(UInt64(section.link), 4) + [UInt8](repeating: 0, count: 20)
      if section.type != 8 { file += content }
    }
    let start = file.count
    func put(_ value: UInt64, _ count: Int, at offset: Int) {
      file.replaceSubrange(offset..<offset + count, with: Self.number(value, count))
    }
    file.replaceSubrange(0..<7, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
    put(UInt64(machine), 2, at: 18)
    put(UInt64(start), 8, at: 40)
    put(64, 2, at: 58)
    put(UInt64(all.count + 1), 2, at: 60)
    put(UInt64(all.count), 2, at: 62)
    return file + headers
  }

  static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  /// A program with code, read-only data, zeroed memory and a build id.
  static func program(code: [UInt8], data: [UInt8] = [7, 7], id: [UInt8] = [1]) -> ELFImage {
    ELFImage(sections: [
      Section(name: ".note.gnu.build-id", type: 7, bytes: id),
      Section(name: ".text", flags: Self.code, address: 0x1000, bytes: code),
      Section(name: ".rodata", address: 0x2000, bytes: data),
      Section(name: ".bss", type: 8, flags: 3, address: 0x3000, bytes: [0, 0, 0]),
      Section(name: ".comment", flags: 0, bytes: id),
    ])
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import Testing

@testable import TachoBuilds

/// Comparison of programs, and reading of files that lie.
@Suite struct MachineCodeTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  func file(_ bytes: [UInt8], _ name: String = UUID().uuidString) throws -> String {
    let path = "\(folder.path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func tellsCodeFromDataFromNotes() throws {
    let base = try file(ELFImage.program(code: [1, 2, 3]).bytes)
    func compared(_ image: ELFImage) throws -> MachineCode.Comparison {
      try MachineCode.compare(base, file(image.bytes))
    }
    #expect(try compared(.program(code: [1, 2, 3])) == .sameProgram)
    // A build id and what is not loaded say nothing of what runs.
    #expect(try compared(.program(code: [1, 2, 3], id: [9, 9])) == .sameProgram)
    #expect(
      try compared(.program(code: [1, 2, 3], data: [7, 8])) == .sameCode(differing: [".rodata"]))
    #expect(try compared(.program(code: [1, 2, 4])) == .different([".text"]))
    #expect(try compared(.program(code: [1, 2, 3, 4])) == .different([".text"]))

    var moved = ELFImage.program(code: [1, 2, 3])
    moved.sections[1].address = 0x1010
    #expect(try compared(moved) == .different([".text"]))
    var more = ELFImage.program(code: [1, 2, 3])
    more.sections.append(.init(name: ".init", flags: ELFImage.code, address: 0x900, bytes: [1]))
    #expect(try compared(more) == .different([".init"]))
    var other = ELFImage.program(code: [1, 2, 3])
    other.machine = 183
    #expect(try compared(other) == .different(["(another processor)"]))
    #expect(try !MachineCode.identical(base, file(ELFImage.program(code: [3]).bytes)))
    #expect(
      try MachineCode.identical(base, file(ELFImage.program(code: [1, 2, 3], data: []).bytes)))
  }

  @Test func readsThisVeryProgram() throws {
    let own = "/proc/self/exe"
    #expect(try MachineCode.compare(own, own) == .sameProgram)
    let text = try #require(try ELFFile(own).sections.first { $0.name == ".text" })
    #expect(text.isCode && text.size > 1000)
    #expect(try ELFFile(own).neededLibraries().contains { $0.hasPrefix("libc.so") })
  }

  @Test func readsTheNamesOfNeededLibraries() throws {
    var image = ELFImage.program(code: [1])
    let names = Array("\0libone.so\0libtwo.so\0".utf8)
    func entry(_ tag: UInt64, _ value: UInt64) -> [UInt8] {
      ELFImage.number(tag, 8) + ELFImage.number(value, 8)
    }
    image.sections.append(.init(name: ".dynstr", type: 3, bytes: names))
    image.sections.append(
      .init(
        name: ".dynamic", type: 6, bytes: entry(1, 1) + entry(5, 9) + entry(1, 11) + entry(0, 0),
        link: UInt32(image.sections.count)))
    #expect(try ELFFile(file(image.bytes)).neededLibraries() == ["libone.so", "libtwo.so"])
    // A name behind the table, and a table that is none.
    let at = image.sections.count - 1
    image.sections[at].bytes = entry(1, 1 << 40)
    #expect(throws: BuildError.self) { try ELFFile(file(image.bytes)).neededLibraries() }
    image.sections[at].link = 4_000_000_000
    #expect(throws: BuildError.self) { try ELFFile(file(image.bytes)).neededLibraries() }
  }

  @Test func aFileCutAnywhereIsAnError() throws {
    let bytes = ELFImage.program(code: [1, 2, 3]).bytes
    for count in 0..<bytes.count {
      let path = try file(Array(bytes.prefix(count)), "cut")
      #expect(throws: BuildError.self, "cut to \(count) bytes") { try ELFFile(path) }
    }
  }

  /// Fields of the header and of a section that say too much.
  @Test(arguments: [
    // Where section headers are; their count; where the names are; their size each.
    (40, UInt64.max, 8), (40, 1 << 62, 8), (40, 0, 8), (60, 0xffff, 2), (62, 0xfffe, 2),
    (58, 1, 2), (4, 1, 1), (5, 2, 1), (0, 0, 1),
  ]) func lyingHeadersAreErrors(_ offset: Int, _ value: UInt64, _ count: Int) throws {
    var bytes = ELFImage.program(code: [1, 2, 3]).bytes
    bytes.replaceSubrange(offset..<offset + count, with: ELFImage.number(value, count))
    let path = try file(bytes)
    #expect(throws: BuildError.self) { try ELFFile(path) }
  }

  @Test func hugeCountsReserveNoMemory() throws {
    var bytes = ELFImage.program(code: [1, 2, 3]).bytes
    let headers = Int(LittleEndianBytes(bytes).number(at: 40, bytes: 8))
    // Count 0 says that the first header has it: here 2^58, or 2^19 of a short file.
    bytes.replaceSubrange(60..<62, with: [0, 0])
    for value in [UInt64(1) << 58, 1 << 19, .max] {
      bytes.replaceSubrange(headers + 32..<headers + 40, with: ELFImage.number(value, 8))
      let path = try file(bytes, "huge")
      #expect(throws: BuildError.self) { try ELFFile(path) }
    }
    // A section of code as long as the address space.
    bytes = ELFImage.program(code: [1, 2, 3]).bytes
    bytes.replaceSubrange(
      headers + 2 * 64 + 32..<headers + 2 * 64 + 40, with: ELFImage.number(.max, 8))
    let path = try file(bytes, "long")
    #expect(throws: BuildError.self) { try ELFFile(path) }
  }

  @Test(arguments: UInt64(1)...8) func damagedBytesNeverCrash(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let whole = ELFImage.program(code: [1, 2, 3]).bytes
    let good = try file(whole, "good")
    for _ in 0..<200 {
      var bytes = whole
      for _ in 0...generator.index(below: 6) {
        bytes[generator.index(below: bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
      }
      let path = try file(bytes, "damaged")
      // Any outcome but a crash or another error will do.
      do {
        _ = try MachineCode.compare(good, path)
        _ = try ELFFile(path).neededLibraries()
      } catch {
        #expect(error.kind == .failed, "seed \(seed)")
      }
    }
  }
}

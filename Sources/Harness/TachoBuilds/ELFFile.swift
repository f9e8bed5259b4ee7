// SPDX-License-Identifier: Apache-2.0

/// The sections of a 64-bit little-endian ELF file (System V ABI, chapter 4).
///
/// Every offset and count is checked against the file's size before it is used or memory is reserved.
struct ELFFile {
  /// One section header.
  struct Section: Equatable {
    let name: String
    let type: UInt32
    let flags: UInt64
    let address: UInt64
    /// Where its bytes lie in the file; a section without bytes in the file has none.
    let offset: Int
    let size: Int
    let link: Int

    /// It takes memory when the program runs (SHF_ALLOC).
    var isLoaded: Bool { flags & 2 != 0 }
    /// It holds machine code (SHF_EXECINSTR).
    var isCode: Bool { isLoaded && flags & 4 != 0 }
    /// It has no bytes in the file (SHT_NOBITS).
    var isEmpty: Bool { type == 8 }
    /// SHT_NOTE.
    var isNote: Bool { type == 7 }
    /// SHT_DYNAMIC.
    var isDynamic: Bool { type == 6 }
  }

  /// More sections than any program has; their headers are 64 bytes each.
  static let sectionLimit = 1 << 20
  /// Names of sections, and of libraries: the longest table of a program is some MiB.
  static let namesLimit = 64 << 20
  private static let headerSize = 64

  let machine: UInt16
  let sections: [Section]
  private let file: ReadableFile

  init(_ path: String) throws(BuildError) {
    let file = try ReadableFile(path)
    self.file = file
    guard file.size >= Self.headerSize else {
      throw Self.damage(path, "it is shorter than a header")
    }
    let header = LittleEndianBytes(try file.bytes(at: 0, count: Self.headerSize))
    guard header.bytes.prefix(4) == [0x7f, 0x45, 0x4c, 0x46] else {
      throw BuildError(.failed, "\(path) is no ELF file")
    }
    guard header.bytes[4] == 2, header.bytes[5] == 1 else {
      throw BuildError(.failed, "\(path) is not a 64-bit little-endian ELF file")
    }
    machine = UInt16(header.number(at: 18, bytes: 2))
    sections = try Self.sections(file, header)
  }

  /// The bytes of a part of a section.
  func bytes(of section: Section, at offset: Int, count: Int) throws(BuildError) -> [UInt8] {
    guard !section.isEmpty, offset >= 0, count >= 0, offset <= section.size,
      count <= section.size - offset
    else { throw Self.damage(file.path, "section \(section.name) has no such bytes") }
    return try file.bytes(at: section.offset + offset, count: count)
  }

  /// The names of the shared libraries it asks for (DT_NEEDED).
  func neededLibraries() throws(BuildError) -> [String] {
    var names: [String] = []
    for section in sections where section.isDynamic {
      guard section.link < sections.count, section.size <= Self.namesLimit else {
        throw Self.damage(file.path, "its dynamic section names no table of names")
      }
      let table = try Self.names(file, sections[section.link])
      let entries = LittleEndianBytes(try bytes(of: section, at: 0, count: section.size))
      for at in stride(from: 0, to: section.size / 16 * 16, by: 16) {
        let tag = entries.number(at: at, bytes: 8)
        if tag == 0 { break }
        guard tag == 1 else { continue }
        names.append(try Self.text(table, entries.number(at: at + 8, bytes: 8), file.path))
      }
    }
    return names
  }

  private static func damage(_ path: String, _ what: String) -> BuildError {
    BuildError(.failed, "\(path) is a damaged ELF file: \(what)")
  }

  private static func sections(_ file: ReadableFile, _ header: LittleEndianBytes)
    throws(BuildError) -> [Section]
  {
    let start = header.number(at: 40, bytes: 8)
    var count = header.number(at: 60, bytes: 2)
    var namesIndex = header.number(at: 62, bytes: 2)
    guard start != 0 else {
      throw BuildError(.failed, "\(file.path) has no section headers: they were stripped")
    }
    guard header.number(at: 58, bytes: 2) == 64 else {
      throw damage(file.path, "its section headers are not 64 bytes long")
    }
    guard start <= UInt64(file.size), UInt64(file.size) - start >= 64 else {
      throw damage(file.path, "its section headers lie behind its end")
    }
    // Large counts are in the first header, whose own fields are unused otherwise.
    let first = LittleEndianBytes(try file.bytes(at: Int(start), count: 64))
    if count == 0 { count = first.number(at: 32, bytes: 8) }
    if namesIndex == 0xffff { namesIndex = first.number(at: 40, bytes: 4) }
    guard count >= 1, count <= sectionLimit, count * 64 <= UInt64(file.size) - start else {
      throw damage(file.path, "it says it has \(count) section headers, for which it is too short")
    }
    guard namesIndex < count else {
      throw damage(file.path, "its section names are in section \(namesIndex) of \(count)")
    }
    let table = LittleEndianBytes(try file.bytes(at: Int(start), count: Int(count) * 64))
    let headers = try (0..<Int(count)).map { (number) throws(BuildError) in
      try section(table, number, file)
    }
    let names = try names(file, headers[Int(namesIndex)])
    return try headers.enumerated().map { (number, section) throws(BuildError) in
      Section(
        name: try text(names, table.number(at: number * 64, bytes: 4), file.path),
        type: section.type, flags: section.flags, address: section.address,
        offset: section.offset, size: section.size, link: section.link)
    }
  }

  /// One header, its name still missing; bytes it says it has are bytes the file has.
  private static func section(_ table: LittleEndianBytes, _ number: Int, _ file: ReadableFile)
    throws(BuildError) -> Section
  {
    let at = number * 64
    let type = UInt32(table.number(at: at + 4, bytes: 4))
    let (offset, size) = (table.number(at: at + 24, bytes: 8), table.number(at: at + 32, bytes: 8))
    let hasBytes = type != 8 && type != 0
    if hasBytes, offset > UInt64(file.size) || size > UInt64(file.size) - offset {
      throw damage(file.path, "section \(number) lies behind its end")
    }
    guard size <= UInt64(Int.max) else {
      throw damage(file.path, "section \(number) is \(size) bytes long")
    }
    return Section(
      name: "", type: type, flags: table.number(at: at + 8, bytes: 8),
      address: table.number(at: at + 16, bytes: 8), offset: hasBytes ? Int(offset) : 0,
      size: type == 0 ? 0 : Int(size), link: Int(table.number(at: at + 40, bytes: 4)))
  }

  private static func names(_ file: ReadableFile, _ section: Section) throws(BuildError)
    -> [UInt8]
  {
    guard !section.isEmpty, section.size <= namesLimit else {
      throw damage(file.path, "its table of names is \(section.size) bytes long")
    }
    return try file.bytes(at: section.offset, count: section.size)
  }

  private static func text(_ table: [UInt8], _ offset: UInt64, _ path: String) throws(BuildError)
    -> String
  {
    guard offset < UInt64(table.count) || (offset == 0 && table.isEmpty) else {
      throw damage(path, "a name lies behind the table of names")
    }
    // A name without an end would be as long as the table, for each of a million sections.
    let name = table[Int(offset)...].prefix(4096).prefix { $0 != 0 }
    return String(decoding: name, as: UTF8.self)
  }
}

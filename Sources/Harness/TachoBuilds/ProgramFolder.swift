// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// The folder of one kept program: the executable, what it needs beside it, and the note.
enum ProgramFolder {
  /// Its note when the program is there as it was written; nil when anything is missing or damaged.
  static func whole(_ folder: String) -> BuildNote? {
    guard let note = BuildNote.read(from: folder) else { return nil }
    let program = "\(folder)/\(note.programName)"
    guard !note.programName.contains("/"), access(program, X_OK) == 0,
      let content = try? FileChecksum.of(program), content.bytes == note.bytes,
      content.hex == note.checksum
    else { return nil }
    if note.notRelinkable == nil, access("\(folder)/link/\(LinkInputs.fileName)", R_OK) != 0 {
      return nil
    }
    return note
  }

  /// A note with the size and checksum of the program that lies in the folder now.
  static func note(in folder: String, program: String, copying note: BuildNote)
    throws(BuildError) -> BuildNote
  {
    let content = try FileChecksum.of("\(folder)/\(program)")
    var note = note
    note.bytes = content.bytes
    note.checksum = content.hex
    return note
  }

  static func makeEmpty(_ folder: String) throws(BuildError) {
    try? FileManager.default.removeItem(atPath: folder)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw BuildError(.failed, "cannot make \(folder): \(error.localizedDescription)")
    }
  }

  /// Gives a finished folder its name; a damaged one of that name goes first.
  static func publish(_ partial: String, as folder: String) throws(BuildError) {
    // The name must not stand for files whose bytes are still on their way to the disk.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: partial)) ?? [] {
      let descriptor = open("\(partial)/\(name)", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      fsync(descriptor)
      close(descriptor)
    }
    try? FileManager.default.removeItem(atPath: folder)
    guard rename(partial, folder) == 0 else {
      throw .system("cannot rename \(partial) to \(folder)", errno)
    }
  }

  static func copy(_ path: String, to other: String) throws(BuildError) {
    do {
      try FileManager.default.copyItem(atPath: path, toPath: other)
    } catch {
      throw BuildError(
        .failed, "cannot copy \(path) to \(other): \(error.localizedDescription)")
    }
  }

  /// Copies what lies beside a program and belongs to it: resource folders and shared libraries.
  static func copyCompanions(from folder: String, to other: String) throws(BuildError) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasSuffix(".resources") || name.hasSuffix(".so") {
      try copy("\(folder)/\(name)", to: "\(other)/\(name)")
    }
  }

  /// Copies the shared libraries a program somebody else built finds beside itself.
  static func copyLibraries(neededBy program: String, to folder: String) throws(BuildError) {
    let beside = (program as NSString).deletingLastPathComponent
    // What is no ELF file, a script that starts one, needs none.
    guard let file = try? ELFFile(program) else { return }
    for name in try file.neededLibraries()
    where !name.contains("/") && access("\(beside)/\(name)", R_OK) == 0 {
      try copy("\(beside)/\(name)", to: "\(folder)/\(name)")
    }
  }
}

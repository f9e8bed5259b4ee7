// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

/// Writes a float32 array in NumPy's format 1.0, row by row, to a temporary name until it is whole.
struct NPYWriter {
  private let path: String
  private let handle: FileHandle

  init(path: String, shape: [Int]) throws {
    self.path = path
    let temporary = path + ".partial"
    guard FileManager.default.createFile(atPath: temporary, contents: nil),
      let handle = FileHandle(forWritingAtPath: temporary)
    else { throw ValidationError("cannot write \(path): is its directory there and writable?") }
    self.handle = handle
    let dimensions = shape.map(String.init).joined(separator: ", ")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(dimensions)), }"
    // Magic, version and header length take 10 bytes; the data starts at a multiple of 64.
    header += String(repeating: " ", count: (64 - (header.utf8.count + 11) % 64) % 64) + "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    data.append(contentsOf: [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
    data.append(Data(header.utf8))
    try handle.write(contentsOf: data)
  }

  mutating func append(_ values: UnsafeBufferPointer<Float>) throws {
    try handle.write(contentsOf: Data(buffer: values))
  }

  mutating func finish() throws {
    try handle.close()
    guard rename(path + ".partial", path) == 0 else {
      throw ValidationError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }
}

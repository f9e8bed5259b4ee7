// SPDX-License-Identifier: Apache-2.0
import GRDB

/// What went wrong with a result store, where, and how to put it right.
package enum StoreError: Error, CustomStringConvertible, Equatable {
  case noSuchDirectory(path: String, directory: String)
  case missing(path: String)
  case isDirectory(path: String)
  case notADatabase(path: String)
  case foreignDatabase(path: String)
  case corrupt(path: String, detail: String)
  case newerSchema(path: String, migrations: [String])
  case olderSchema(path: String)
  case notWritable(path: String)
  case full(path: String)
  case busy(path: String, doing: String)
  case noSuchSweep(id: String, known: [String])
  case noSuchRun(id: String)
  case noSuchPair(id: String)
  case noSuchGate(sweepID: String)
  case sweepDiffers(id: String, what: String)
  case studyDiffers(id: String)
  case mergeWithItself(path: String)
  case failed(path: String, doing: String, detail: String)

  package var description: String {
    switch self {
    case .noSuchDirectory(let path, let directory):
      return "cannot create the result store \(path): there is no directory \(directory)."
        + " Create it with: mkdir -p '\(directory)'"
    case .missing(let path):
      return "there is no result store at \(path). `tacho run SUITE` writes one; check the path"
    case .isDirectory(let path):
      return "\(path) is a directory; a result store is a file: give a path such as"
        + " \(path)/results.sqlite"
    case .notADatabase(let path):
      return "\(path) is not an SQLite database, and is left as it is. Give the path of a file"
        + " written by tacho, or one that does not exist yet"
    case .foreignDatabase(let path):
      return "\(path) is an SQLite database of another program, and is left as it is."
        + " Give the path of a file written by tacho, or one that does not exist yet"
    case .corrupt(let path, let detail):
      return "the result store \(path) is damaged (\(detail)). Save what can be read with:"
        + " sqlite3 '\(path)' .recover | sqlite3 recovered.sqlite"
    case .newerSchema(let path, let migrations):
      return "the result store \(path) was written by a newer tacho (it has:"
        + " \(migrations.joined(separator: ", "))). Use that version, or another file"
    case .olderSchema(let path):
      return
        "the result store \(path) was written by an older tacho and is opened only for reading."
        + " Bring it up to date by opening it once for writing, on a copy if in doubt"
    case .notWritable(let path):
      return "cannot write to the result store \(path) or its directory (SQLite keeps two files"
        + " beside it). Check the permissions, or copy the file to a directory you can write to"
    case .full(let path):
      return "no space left for the result store \(path). Free some and resume:"
        + " what was stored is safe"
    case .busy(let path, let doing):
      return "another process kept the result store \(path) locked for over 30 s while \(doing)."
        + " Find it with: fuser '\(path)'"
    case .noSuchSweep(let id, let known):
      let list = known.isEmpty ? "The store has none" : "Known: \(known.joined(separator: ", "))"
      return "there is no sweep '\(id)' in the result store. \(list)"
    case .noSuchRun(let id):
      return "there is no run '\(id)' in the result store: begin it before adding to it"
    case .noSuchGate(let id):
      return "there is no gate job '\(id)' in the result store: begin it before finishing it"
    case .noSuchPair(let id):
      return "there is no launch pair '\(id)' in the result store: begin it first"
    case .sweepDiffers(let id, let what):
      return "sweep '\(id)' was started with another \(what): its rows would not be comparable."
        + " Start a new sweep"
    case .studyDiffers(let id):
      return "the study '\(id)' is on record with another definition: its trials would not be"
        + " comparable. Take another --study name, or the file as it was"
    case .mergeWithItself(let path):
      return "cannot merge \(path) into itself"
    case .failed(let path, let doing, let detail):
      return "the result store \(path) failed while \(doing): \(detail)"
    }
  }

  /// An SQLite error in the store's own words.
  static func wrapping(_ error: DatabaseError, path: String, doing: String) -> StoreError {
    let detail = error.message ?? error.resultCode.description
    switch error.resultCode {
    case .SQLITE_NOTADB: return .notADatabase(path: path)
    case .SQLITE_CORRUPT: return .corrupt(path: path, detail: detail)
    case .SQLITE_FULL: return .full(path: path)
    case .SQLITE_BUSY: return .busy(path: path, doing: doing)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: return .notWritable(path: path)
    default: return .failed(path: path, doing: doing, detail: detail)
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import GRDB
import GRDBSQLite

/// A prepared insertion that values are bound to without arrays and boxes in between: those cost several
/// times what SQLite does with a row of numbers.
struct InsertStatement {
  private let statement: Statement
  /// Asked of the statement for every value, it was as much as binding one.
  private let handle: OpaquePointer

  init(_ database: Database, _ sql: String) throws {
    statement = try database.cachedStatement(sql: sql)
    handle = statement.sqliteStatement
  }

  /// Text is copied by SQLite, so it need not outlive the binding.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  /// Binds the value of the parameter at `index`, from 1; nil is NULL.
  func bind(_ value: Int?, at index: Int32) {
    if let value {
      sqlite3_bind_int64(handle, index, Int64(value))
    } else {
      sqlite3_bind_null(handle, index)
    }
  }

  func bind(_ value: Double?, at index: Int32) {
    if let value {
      sqlite3_bind_double(handle, index, value)
    } else {
      sqlite3_bind_null(handle, index)
    }
  }

  func bind(_ value: String?, at index: Int32) {
    guard var value else {
      sqlite3_bind_null(handle, index)
      return
    }
    _ = value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        if let first = characters.baseAddress {
          sqlite3_bind_text(handle, index, first, Int32(clamping: characters.count), Self.copied)
        } else {
          // A null pointer would be NULL, not an empty text.
          sqlite3_bind_text(handle, index, "", 0, Self.copied)
        }
      }
    }
  }

  /// Binds text that its owner keeps until the row is added or `release` is called; it is not empty.
  func bind(kept text: UnsafeBufferPointer<UInt8>?, at index: Int32) {
    guard let text, let first = text.baseAddress else {
      sqlite3_bind_null(handle, index)
      return
    }
    first.withMemoryRebound(to: CChar.self, capacity: text.count) {
      _ = sqlite3_bind_text(handle, index, $0, Int32(clamping: text.count), nil)
    }
  }

  /// Forgets every value, so that nothing that was bound without a copy is referred to any more.
  func release() { sqlite3_clear_bindings(handle) }

  /// Adds the rows; every binding stays until it is overwritten.
  func run() throws {
    let code = sqlite3_step(handle)
    let reset = sqlite3_reset(handle)
    guard code == SQLITE_DONE else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: reset),
        message: sqlite3_db_handle(handle).flatMap { sqlite3_errmsg($0) }
          .map { String(cString: $0) }, sql: statement.sql)
    }
  }
}

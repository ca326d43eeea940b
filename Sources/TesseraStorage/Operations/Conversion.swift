public import TesseraCore
import TesseraIO

/// A conversion of one stored form into another, streamed within a memory budget: any form to any form,
/// re-chunked, with another codec or dtype; archives to groups and back; groups to groups with what they say of
/// themselves.
///
/// Made without touching the destination; `explanation` tells what it will do; `run` does it. The destination
/// appears whole at the end, or not at all.
public struct Conversion: Sendable {
  private let delivery: Delivery

  /// Opens the source and plans.
  ///
  /// - Parameters:
  ///   - source: any form `StoredArray.open` takes, or an archive or group of arrays.
  ///   - destination: a name ending in `.npy`, `.npz` or `.zarr`, `d.npz/name`, or a name in a Zarr group.
  ///   - selection: what of the array to take; everything when nil. For a single array.
  ///   - layout: for Zarr destinations; chunks and codec of others cannot be chosen.
  ///   - dtype: what to convert elements to, as NumPy's `astype`; nil keeps the source's.
  /// - Throws: `TesseraError`: as `StoredArray.open`; `.usage` for a layout the destination cannot have; `.exists`;
  ///   `.notFound` for a folder that is missing; `.memory` when the budget is too small, naming the least that would do.
  public init(
    from source: String, to destination: String, selection: Selection? = nil, layout: ArrayLayout = .init(),
    dtype: DType? = nil, options: TransferOptions = .init()
  ) throws {
    // What is wrong with the destination is said before the source is looked at.
    let target = try DeliveryTarget(destination, layout: layout, overwrites: options.overwrite)
    let location = try ArrayLocation(existing: source)
    try Overlap.check(target.path, readFrom: location.path)
    let groups = try target.location.form == .zarr ? GroupAttributes(of: location) : GroupAttributes()
    let sources = try Conversion.sources(location, to: target.location)
    let arrays = try sources.map { name, driver in
      let selected = try naming(driver.description.path) {
        try selection.map { SelectedDriver(driver, try $0.resolve(driver.description.shape)) }
      }
      return (name: name, driver: selected ?? driver)
    }
    delivery = try Delivery(
      [.init(destination, layout: layout, groups: groups, arrays: arrays)], readFrom: [location.path],
      dtype: dtype, options: options)
  }

  private static func sources(
    _ location: ArrayLocation, to target: ArrayLocation
  ) throws -> [(String?, any ArrayDriver)] {
    // Of an only member that is no array, opening it says what is wrong with it.
    if case .members(_, let members) = try location.contents(),
      members.count != 1 || members[0].problem == nil
    {
      guard target.form != .npy else {
        // Says that there are several, and their names.
        return [(nil, try location.driver())]
      }
      guard target.member == nil else {
        throw TesseraError(
          .usage, "the source holds \(members.count) arrays", path: location.path,
          expected: "one, for one member")
      }
      // Opened once, whatever the number of its members.
      if location.form == .npz { return try NpzArchive(location.path).drivers().map { ($0.name, $0.driver) } }
      return try members.map { description in
        let name = String(description.path.dropFirst(location.path.count + 1))
        return (name, try ArrayLocation(existing: description.path).driver())
      }
    }
    let driver = try location.driver()
    guard target.form == .npz else { return [(nil, driver)] }
    // A member keeps its name; NumPy's name for the first array that has none.
    let own = location.form == .npz ? String(driver.description.path.dropFirst(location.path.count + 1)) : nil
    return [(target.member ?? own ?? "arr_0", driver)]
  }

  /// What the work will take, before any of it is done.
  public var explanation: Explanation { delivery.explanation }

  /// Does it.
  ///
  /// - Throws: `TesseraError` of kind `.cancelled`, `.system` (disk full, no permission) or `.corrupt`; the
  ///   destination is then as it was.
  /// - Complexity: one pass, or two, in which each source chunk is read as often as the plan says; memory within the budget.
  @discardableResult
  public func run() throws -> WorkReport { try delivery.run() }
}

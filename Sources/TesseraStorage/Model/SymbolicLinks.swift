import TesseraIO

/// Where symbolic links in a Zarr store may lead.
///
/// The path of a store may go through links as it likes: whoever names it, chooses it. What is in the store may have come
/// from anywhere, so its metadata, shards and members are not looked for outside it unless that is allowed. Nothing is
/// ever written through a link that leads out of a store.
public enum SymbolicLinks: Sendable {
  /// Links are followed within the store's folder; one that leads out of it is `.corrupt`.
  case withinStore
  /// Links are followed wherever they lead.
  case anywhere

  /// Runs `body`: for stores that are opened in it this holds as long as they are open.
  public func whileOpening<Result>(_ body: () throws -> Result) rethrows -> Result {
    try StoreFolder.$followsLinks.withValue(self == .anywhere, operation: body)
  }
}

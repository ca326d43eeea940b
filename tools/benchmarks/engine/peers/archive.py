"""Where the bytes of a member of an `.npz` lie."""
import struct
import zipfile


def member(path):
    """Of `x.npz/name`: the archive, its entry, and where the entry's bytes begin, behind a header with two lengths."""
    archive, _, name = path.rpartition("/")
    with zipfile.ZipFile(archive) as members:
        entry = members.getinfo(f"{name}.npy")
    with open(archive, "rb") as file:
        file.seek(entry.header_offset + 26)
        name_length, extra_length = struct.unpack("<HH", file.read(4))
    return archive, entry, entry.header_offset + 30 + name_length + extra_length

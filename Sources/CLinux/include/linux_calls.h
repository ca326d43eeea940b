// Linux system calls and GNU extensions that Swift's Glibc module does not show.
#ifndef TESSERA_LINUX_CALLS_H
#define TESSERA_LINUX_CALLS_H

#include <stddef.h>
#include <stdint.h>

/// Cores this process may run on; 0 when unknown.
int linux_core_count(void);
/// sync_file_range(SYNC_FILE_RANGE_WRITE): starts writing dirty pages, does not wait.
int linux_start_writeback(int descriptor, int64_t offset, int64_t count);
/// syncfs: writes everything on the file system of the descriptor to disk.
int linux_sync_file_system(int descriptor);
/// openat2(RESOLVE_NO_SYMLINKS): fails with ELOOP where any part of the path is a symbolic link.
int linux_open_without_links(const char *path, int flags);
/// rename with RENAME_NOREPLACE (fails with EEXIST) or RENAME_EXCHANGE.
int linux_rename_no_replace(const char *path, const char *new_path);
int linux_rename_exchange(const char *path, const char *new_path);
/// Guards mapped memory: where its file ends before a page that is touched, the rest of the mapping reads as zeros and
/// counts as torn, and no SIGBUS ends the process. Returns a number for the calls below; -1 when it cannot be guarded.
int linux_guard_mapping(const void *address, size_t count);
/// Whether a page was touched that the file no longer has.
int linux_mapping_is_torn(int guard);
/// To be called before the memory is unmapped.
void linux_release_guard(int guard);
/// Touches `count` bytes (a page or more) of mapped memory in four places, and gives the faults that this thread had; -1
/// where the first of them is not in the page cache, or one had to come from the disk.
int64_t linux_count_faults(const void *address, size_t count);
/// mallopt(M_MMAP_THRESHOLD): blocks of at least so many bytes are mapped one by one, and unmapped when freed.
int linux_map_large_blocks(size_t least);
/// strerror into a buffer, always terminated.
void linux_describe_error(int code, char *text, size_t capacity);

#endif

#pragma once

/// What Linux does with files and Swift's Glibc does not show. Failures come back as negative error numbers.

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Copies bytes from an offset of one file to the position of another, inside the kernel.
int64_t lf_copy_range(int from, int64_t offset, int to, size_t count);

/// Begins to write bytes of a file to disk, without waiting for them.
int lf_start_writeback(int file, int64_t offset, int64_t count);

/// Opens a new file without a name in a folder, for writing: whatever ends the process, nothing is left of it.
int lf_open_nameless(const char *folder, int mode);

/// Gives a nameless file a name that is free.
int lf_link_nameless(int file, const char *path);

/// Lets two files or folders change names, at once.
int lf_exchange(const char *one, const char *other);

/// Opens an open file once more for reads past the page cache, which want everything aligned.
int lf_reopen_direct(int file);

/// Opens an open file once more for usual reads.
int lf_reopen(int file);

/// Makes a queue of direct reads which the kernel does while everybody goes on; for at most so many at a time.
int lf_reads_open(int most, uint64_t *queue);

/// Begins a read of an aligned range; its number comes back when it has ended.
int lf_reads_begin(uint64_t queue, int file, void *bytes, size_t count, int64_t offset, uint64_t number);

/// Waits until reads have ended: how many, their numbers, and the bytes that each read or a negative error number.
int lf_reads_wait(uint64_t queue, uint64_t *numbers, int64_t *counts, int most);

/// Ends a queue, once its reads have ended; whoever waits for more is told -EINVAL.
void lf_reads_close(uint64_t queue);

/// Memory in whole pages, of huge ones where the system gives them; a count is a multiple of a page. NULL where there is
/// none.
void *_Nullable lf_take_pages(size_t count);

/// Gives memory back, as much as was taken.
void lf_give_pages(void *base, size_t count);

/// Lets reads of missing pages of guarded maps give zeros instead of ending the process, and calls `noticed` then, inside
/// a signal handler. Other bus errors go where they went before.
int lf_guard_install(void (*noticed)(void));

/// Guards a map; its number from now on, negative where the table is full.
int lf_guard_add(void *base, size_t length);

/// Ends the guard, before the map is taken away.
void lf_guard_remove(int number);

/// Whether a read missed a page of the map since it was guarded, or since it was last poisoned.
int lf_guard_missed(int number);

/// Takes every page of the map away, so that every further read is noticed, and forgets what was missed before.
int lf_guard_poison(int number);

#pragma clang assume_nonnull end

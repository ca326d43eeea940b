// Usage: limits SOURCE.npy SCRATCH RUNS
//
// Measures what the machine can do at best with the bytes of SOURCE, which is in the page cache, and prints
// {"what, N threads": bytes a second}: medians of RUNS. Each thread has its stretch of the file; the time is
// that of the slowest. Where files cannot be opened past the page cache, the disk is left out.

#define _GNU_SOURCE
#include <fcntl.h>
#include <lz4.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

enum { PIECE = 256 << 10, CHUNK = 1 << 20, BLOCK = 256 << 10, ITEM = 4, COLUMNS = 1024, LANES = 16, MOST_THREADS = 64 };

static int source, direct_source, target;
static size_t size, memory_size;
static char *memory, *copied;
static char **frames;
static int *frame_sizes;
static volatile uint64_t kept;

typedef struct { size_t first, last; } Stretch;
typedef void Work(Stretch);
typedef struct { Work *work; Stretch stretch; pthread_barrier_t *start; } Task;

static void fail(const char *what) { perror(what); exit(1); }

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

// Whole 64-byte lines; eight sums, so that adding does not take longer than reading.
static uint64_t touch(const void *bytes, size_t count) {
  const uint64_t *words = bytes;
  uint64_t sums[8] = {0};
  for (size_t i = 0; i + 8 <= count / 8; i += 8)
    for (int lane = 0; lane < 8; lane++) sums[lane] += words[i + lane];
  uint64_t total = 0;
  for (int lane = 0; lane < 8; lane++) total += sums[lane];
  return total;
}

static void read_memory(Stretch s) { kept += touch(memory + s.first, s.last - s.first); }
static void copy_memory(Stretch s) { memcpy(copied + s.first, memory + s.first, s.last - s.first); }

static void in_pieces(Stretch s, size_t step, void (*body)(size_t at, size_t count, char *buffer)) {
  char *buffer = aligned_alloc(4096, step);
  memset(buffer, 0, step);
  for (size_t at = s.first; at < s.last; at += step) body(at, s.last - at < step ? s.last - at : step, buffer);
  free(buffer);
}

static void read_piece(size_t at, size_t count, char *buffer) {
  if (pread(source, buffer, count, at) != (ssize_t)count) fail("pread");
  kept += touch(buffer, count);
}

// What statistics of float32 columns take at least, beside reading: plain loops that do not care about rounding.
typedef struct { double sum[COLUMNS], square[COLUMNS]; float least[COLUMNS], greatest[COLUMNS]; } Statistics;

static void take_rows(Statistics *to, const float *rows, size_t count) {
  for (size_t first = 0; first < COLUMNS; first += LANES) {
    double sum[LANES], square[LANES];
    float least[LANES], greatest[LANES];
    memcpy(sum, to->sum + first, sizeof sum), memcpy(square, to->square + first, sizeof square);
    memcpy(least, to->least + first, sizeof least), memcpy(greatest, to->greatest + first, sizeof greatest);
    for (size_t row = 0; row < count; row++)
      for (int lane = 0; lane < LANES; lane++) {
        float value = rows[row * COLUMNS + first + lane];
        sum[lane] += value, square[lane] += (double)value * value;
        least[lane] = value < least[lane] ? value : least[lane];
        greatest[lane] = value > greatest[lane] ? value : greatest[lane];
      }
    memcpy(to->sum + first, sum, sizeof sum), memcpy(to->square + first, square, sizeof square);
    memcpy(to->least + first, least, sizeof least), memcpy(to->greatest + first, greatest, sizeof greatest);
  }
}

static void reduce_rows(const char *bytes, size_t count) {
  static _Thread_local Statistics columns;
  // As many rows at a time as stay in the cache between the columns.
  for (size_t at = 0; at < count; at += PIECE) {
    size_t part = count - at < PIECE ? count - at : PIECE;
    take_rows(&columns, (const float *)(bytes + at), part / (COLUMNS * ITEM));
  }
  kept += columns.sum[0] + columns.square[1] + columns.least[2] + columns.greatest[3] > 0;
}

static void reduce_piece(size_t at, size_t count, char *buffer) {
  if (pread(source, buffer, count, at) != (ssize_t)count) fail("pread");
  reduce_rows(buffer, count);
}

static void write_piece(size_t at, size_t count, char *buffer) {
  if (pwrite(target, buffer, count, at) != (ssize_t)count) fail("pwrite");
}
static void copy_piece(size_t at, size_t count, char *buffer) {
  if (pread(source, buffer, count, at) != (ssize_t)count) fail("pread");
  write_piece(at, count, buffer);
}

// Past the page cache; lengths are whole chunks.
static void read_direct(size_t at, size_t count, char *buffer) {
  if (pread(direct_source, buffer, count, at) != (ssize_t)count) fail("pread, direct");
}

static void by_pread(Stretch s) { in_pieces(s, PIECE, read_piece); }
static void by_reducing(Stretch s) { in_pieces(s, PIECE, reduce_piece); }
static void by_writing(Stretch s) { in_pieces(s, CHUNK, write_piece); }
static void by_copying(Stretch s) { in_pieces(s, PIECE, copy_piece); }
// As by those who promise that what they wrote survives a power failure.
static void and_sync(void) {
  if (fdatasync(target) != 0) fail("fdatasync");
}
static void by_writing_and_sync(Stretch s) { by_writing(s), and_sync(); }
static void by_copying_and_sync(Stretch s) { by_copying(s), and_sync(); }
static void by_reading_directly(Stretch s) { in_pieces(s, CHUNK, read_direct); }

// The mapping is this thread's own, made inside the clock, and given back behind the scan.
static void by_mapping(Stretch s, int populate, void (*use)(const char *bytes, size_t count)) {
  if (s.first == s.last) return;
  char *bytes = mmap(NULL, s.last - s.first, PROT_READ, MAP_SHARED, source, s.first);
  if (bytes == MAP_FAILED) fail("mmap");
  size_t count = s.last - s.first, step = populate ? 2 << 20 : 64 << 20;
  for (size_t at = 0; at < count; at += step) {
    size_t part = count - at < step ? count - at : step;
    if (populate && madvise(bytes + at, part, MADV_POPULATE_READ) != 0) fail("MADV_POPULATE_READ");
    use(bytes + at, part);
    madvise(bytes + at, part, MADV_DONTNEED);
  }
  munmap(bytes, count);
}
static void touch_piece(const char *bytes, size_t count) { kept += touch(bytes, count); }
static void by_touching(Stretch s) { by_mapping(s, 0, touch_piece); }
static void by_populating(Stretch s) { by_mapping(s, 1, touch_piece); }
static void by_touching_and_reducing(Stretch s) { by_mapping(s, 0, reduce_rows); }
static void by_populating_and_reducing(Stretch s) { by_mapping(s, 1, reduce_rows); }

// Blocks of CHUNKs, byte-shuffled and compressed plane by plane, as Blosc frames hold them.
static size_t planes(void) { return memory_size / BLOCK * ITEM; }

static int encode_plane(size_t plane, char *shuffled, char *frame, int bound) {
  const char *block = memory + plane / ITEM * BLOCK;
  for (size_t i = 0; i < BLOCK / ITEM; i++) shuffled[i] = block[i * ITEM + plane % ITEM];
  return LZ4_compress_default(shuffled, frame, BLOCK / ITEM, bound);
}

static void compress(void) {
  int bound = LZ4_compressBound(BLOCK / ITEM);
  char *shuffled = malloc(BLOCK);
  frames = calloc(planes(), sizeof *frames);
  frame_sizes = calloc(planes(), sizeof *frame_sizes);
  for (size_t plane = 0; plane < planes(); plane++) {
    char *frame = malloc(bound);
    frame_sizes[plane] = encode_plane(plane, shuffled, frame, bound);
    frames[plane] = realloc(frame, frame_sizes[plane]);
  }
  free(shuffled);
}

static void encode(Stretch s) {
  int bound = LZ4_compressBound(BLOCK / ITEM);
  char *shuffled = malloc(BLOCK), *frame = malloc(bound);
  for (size_t plane = s.first / (BLOCK / ITEM); plane < s.last / (BLOCK / ITEM); plane++)
    kept += encode_plane(plane, shuffled, frame, bound);
  free(frame);
  free(shuffled);
}

static void decode(Stretch s) {
  char *buffer = malloc(BLOCK);
  memset(buffer, 0, BLOCK);
  for (size_t plane = s.first / (BLOCK / ITEM); plane < s.last / (BLOCK / ITEM); plane++) {
    char *place = buffer + plane % ITEM * (BLOCK / ITEM);
    if (LZ4_decompress_safe(frames[plane], place, frame_sizes[plane], BLOCK / ITEM) != BLOCK / ITEM) fail("lz4");
  }
  free(buffer);
}

static void *run_task(void *pointer) {
  Task *task = pointer;
  pthread_barrier_wait(task->start);
  task->work(task->stretch);
  return NULL;
}

static double seconds(Work *work, size_t count, int threads) {
  pthread_t ids[MOST_THREADS];
  Task tasks[MOST_THREADS];
  pthread_barrier_t start;
  pthread_barrier_init(&start, NULL, threads + 1);
  size_t each = (count / threads + CHUNK - 1) / CHUNK * CHUNK;
  for (int number = 0; number < threads; number++) {
    size_t first = number * each < count ? number * each : count;
    Stretch stretch = {first, number == threads - 1 || first + each > count ? count : first + each};
    tasks[number] = (Task){work, stretch, &start};
    if (pthread_create(&ids[number], NULL, run_task, &tasks[number]) != 0) fail("pthread_create");
  }
  // Before the barrier opens: afterwards this thread may be the last to run.
  double started = now();
  pthread_barrier_wait(&start);
  for (int number = 0; number < threads; number++) pthread_join(ids[number], NULL);
  pthread_barrier_destroy(&start);
  return now() - started;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void new_target(const char *scratch, int flags) {
  if (target > 0) close(target);
  unlink(scratch);
  target = open(scratch, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
  if (target < 0) fail(scratch);
}

// What a measure works on, and how it finds the file that it writes. `REWRITES` follows one that wrote the file.
enum { READS_FILE = 1, WRITES_NEW = 2, REWRITES = 4, DIRECT = 8 };

static const struct { const char *name; Work *work; int kind; } measures[] = {
  {"memory read", read_memory, 0},
  {"memory copy", copy_memory, 0},
  {"page cache by pread into 256 KiB", by_pread, READS_FILE},
  {"statistics of columns in plain loops, by pread", by_reducing, READS_FILE},
  {"statistics of columns in plain loops, by mmap", by_touching_and_reducing, READS_FILE},
  {"statistics of columns in plain loops, by mmap, populated", by_populating_and_reducing, READS_FILE},
  {"page cache by mmap, touched", by_touching, READS_FILE},
  {"page cache by mmap, MADV_POPULATE_READ of 2 MiB", by_populating, READS_FILE},
  {"write new file", by_writing, READS_FILE | WRITES_NEW},
  {"write existing file", by_writing, READS_FILE | REWRITES},
  {"read and write new file", by_copying, READS_FILE | WRITES_NEW},
  {"write and sync new file", by_writing_and_sync, READS_FILE | WRITES_NEW},
  {"read, write and sync new file", by_copying_and_sync, READS_FILE | WRITES_NEW},
  {"disk read, direct", by_reading_directly, DIRECT},
  {"disk write, direct", by_writing_and_sync, DIRECT | WRITES_NEW},
  {"lz4 decode", decode, 0},
  {"lz4 encode", encode, 0},
};

int main(int count, char **words) {
  if (count != 4) return fprintf(stderr, "usage: limits SOURCE SCRATCH RUNS\n"), 2;
  int runs = atoi(words[3]), cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
  if (cores > MOST_THREADS) cores = MOST_THREADS;
  struct stat status;
  source = open(words[1], O_RDONLY);
  if (source < 0 || fstat(source, &status) != 0) fail(words[1]);
  direct_source = open(words[1], O_RDONLY | O_DIRECT);
  size = status.st_size;
  memory_size = (size < (512u << 20) ? size : 512u << 20) / CHUNK * CHUNK;
  memory = aligned_alloc(CHUNK, memory_size), copied = aligned_alloc(CHUNK, memory_size);
  for (size_t at = 0; at < memory_size; at += CHUNK)
    if (pread(source, memory + at, CHUNK, at) != CHUNK) fail("pread");
  memset(copied, 0, memory_size);
  compress();
  double *found = calloc(runs, sizeof *found);
  const char *comma = "{";
  for (size_t number = 0; number < sizeof measures / sizeof *measures; number++) {
    int kind = measures[number].kind, flags = kind & DIRECT ? O_DIRECT : 0;
    if (kind & DIRECT && direct_source < 0) continue;
    for (int threads = 1; threads <= cores; threads += threads < cores && cores > 1 ? cores - 1 : 1) {
      size_t bytes = kind & READS_FILE ? size : memory_size;
      for (int run = 0; run < runs; run++) {
        if (kind & WRITES_NEW) new_target(words[2], flags);
        found[run] = bytes / seconds(measures[number].work, bytes, threads);
      }
      qsort(found, runs, sizeof *found, ascending);
      printf("%s\"%s, %d threads\": %.0f", comma, measures[number].name, threads, found[runs / 2]);
      comma = ",\n ";
    }
  }
  puts("}");
  unlink(words[2]);
  return 0;
}

// Observations: what a world shows of its board at each step, as packed bits or as bytes, and how it is cut
// out.
#ifndef MESAGRID_ENVS_VIEW_H
#define MESAGRID_ENVS_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "envs/grid.h"
#include "envs/hd.h"

// A view is `side` × `side` squares: around the agent, which stands in the middle, or the whole board from
// its upper left corner. Squares beyond the board are walls. Square number i is (row i / side, column i %
// side).
//
// VIEW_BYTES: one byte a square, a ViewSquare.
//
// VIEW_BITS: little-endian words of 32 bits, bit i being bit i % 32 of word i / 32:
//   bits 0 … side² − 1        1 where square i is a wall
//   then view_index_bits()    the goal's square; side² where the view does not show it
//   then, of a board only     the agent's square, in as many bits
//   then                      zeros up to a whole word
// A window of 11 × 11 is 121 + 7 = 128 bits: four words, no bit unused.
typedef enum ViewKind { VIEW_NONE, VIEW_WINDOW, VIEW_BOARD } ViewKind;
typedef enum ViewPack { VIEW_BITS, VIEW_BYTES } ViewPack;
typedef enum ViewSquare {
  SQUARE_FREE,
  SQUARE_WALL,
  SQUARE_GOAL,
  SQUARE_AGENT
} ViewSquare;  // agent: boards only

typedef struct View {
  int kind;  // ViewKind
  int pack;  // ViewPack
  int side;  // squares: odd, 3 … GRID_MAX
} View;

static inline HD int view_squares(const View *view) {
  return view->side * view->side;
}

// Bits that hold 0 … squares.
static inline HD int view_index_bits(const View *view) {
  int bits = 0;
  while (1 << bits <= view_squares(view)) ++bits;
  return bits;
}

static inline HD int view_bits(const View *view) {
  return view_squares(view) + view_index_bits(view) * (view->kind == VIEW_BOARD ? 2 : 1);
}

static inline HD int view_words(const View *view) {
  return (view_bits(view) + 31) / 32;
}

// Bytes that one world writes at each step.
static inline HD int view_bytes(const View *view) {
  if (view->kind == VIEW_NONE) return 0;
  return view->pack == VIEW_BYTES ? view_squares(view) : 4 * view_words(view);
}

// Bits beyond the squares: the goal's square and, of a board, the agent's.
HD_INLINE uint32_t view_marks(const View *view, uint32_t goal, uint32_t agent) {
  return view->kind == VIEW_BOARD ? goal | agent << view_index_bits(view) : goal;
}

// `side` squares of a row of walls from column x on, x possibly left of the board. Bits beyond a board are
// set in its rows, the highest too, so an arithmetic shift brings in walls.
HD_INLINE uint32_t view_row_bits(uint32_t row, int x, int side) {
  const uint32_t from = x < 0 ? row << -x | ((1u << -x) - 1) : (uint32_t)((int32_t)row >> x);
  return from & ((1u << side) - 1);
}

// ---- Strips: every view of a level, each a run of consecutive bits ----

// The strip of column x holds the window's columns of all rows, one row after the other, beginning with the
// row that the topmost window shows first. The window at (y, x) is then side² consecutive bits, from bit (y −
// 1) · side of strip x − 1 on: no row is touched when it is read. A board is one strip, read from its
// beginning.
HD_INLINE int view_strips(const View *view, int size) {
  return view->kind == VIEW_WINDOW ? size - 2 : 1;
}

// Windows that stand one below the other; one board.
HD_INLINE int view_strip_windows(const View *view, int size) {
  return view->kind == VIEW_WINDOW ? size - 2 : 1;
}

// Words of 64 bits that a reader takes from the byte where its view begins: the bits before it in that byte
// make the last one longer.
HD_INLINE int view_read_words(const View *view) {
  return (view_squares(view) + 7 + 63) / 64;
}

// Words of 64 bits of one strip, with room for the reader.
HD_INLINE int view_strip_words(const View *view, int size) {
  return (view_strip_windows(view, size) - 1) * view->side / 8 / 8 + view_read_words(view) + 1;
}

// strip(strips, strip_words) of one level; rows(size) are its walls. All strips grow together, row by row:
// the compiler makes vectors of them.
static inline void view_cut_strips(const View *view, int size, const uint32_t *rows, uint64_t *strip) {
  const int side = view->side, words = view_strip_words(view, size), strips = view_strips(view, size);
  const int before =
      view->kind == VIEW_WINDOW ? side / 2 - 1 : 0;  // rows and columns of walls before the board's
  const int lines = view_strip_windows(view, size) - 1 + side;
  const uint64_t shown = ((uint64_t)1 << side) - 1, walls = ~(uint64_t)0;
  uint64_t pending[GRID_MAX] = {0};  // (strips), of which `filled` bits wait to be written
  int filled = 0, word = 0;
  for (int k = 0; k < lines; ++k) {
    const int y = k - before;
    const uint64_t wide = y < 0 || y >= size ? walls : walls << 32 | rows[y];
    const uint64_t row = wide << before | (((uint64_t)1 << before) - 1);
    for (int x = 0; x < strips; ++x) pending[x] |= (row >> x & shown) << filled;
    filled += side;
    if (filled < 64) continue;
    filled -= 64;
    for (int x = 0; x < strips; ++x) {
      strip[x * words + word] = pending[x];
      pending[x] = (row >> x & shown) >> (side - filled);
    }
    ++word;
  }
  for (int x = 0; x < strips; ++x)
    for (int w = word; w < words; ++w) strip[x * words + w] = w == word ? pending[x] : 0;
}

#endif

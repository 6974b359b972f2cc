// The GPU's `sim`: a thread of a CTA is a world, whose state stays in registers and its walls in shared
// memory for all steps.
#ifndef MESAGRID_KERNELS_SIM_CTA_H
#define MESAGRID_KERNELS_SIM_CTA_H

#include "kernels/block.h"
#include "kernels/sim.h"

#if defined(__CUDACC__) || defined(MESAGRID_EMULATE_CTA)  // a Lane is one world

// Room in which a thread draws a fresh level, in the memory of the device.
typedef struct SimScratch {
  EnvWork work;
  Level level;
} SimScratch;

// The shared memory of a CTA, one column a thread, so that threads never meet in a bank: the walls of the
// present and of the next episode's level, and the observation as bits until the CTA writes it out together.
typedef struct SimShared {
  uint32_t *walls;   // (2, rows, threads)
  uint32_t *staged;  // (threads, stride)
  int stride;        // numbers of an observation, made odd
} SimShared;

HD_INLINE int sim_cta_thread(const Block *block) {
#if defined(__CUDA_ARCH__)
  return ((void)block, (int)threadIdx.x);
#elif defined(MESAGRID_EMULATE_CTA)
  return block->thread;
#else
  return ((void)block, 0);  // nvcc's host pass
#endif
}

// Bits of all squares and marks: words that an observation is staged in, whatever it is packed as.
HD_INLINE int sim_cta_stride(const View *view) {
  return view->kind == VIEW_NONE ? 0 : view_words(view) | 1;
}

// Numbers of shared memory for one CTA.
static inline HD int sim_cta_shared(int rows, const View *view, int threads) {
  return (2 * rows + sim_cta_stride(view)) * threads;
}

// What the threads of a CTA share; what the compiler knows of it stays out of the kernel.
typedef struct SimCta {
  const Block *block;
  const SimJob *job;
  const View *view;
  SimScratch *scratch;  // a SimScratch a world where levels are fresh
  bool fresh;           // pool == 0
  bool direct;          // sim_cta_is_direct()
  int first,
      threads;  // the first world and how many; a divisor of WORLDS_BLOCK, so that there is one for each
  SimShared shared;
} SimCta;

// ---- Episodes ----

// Copies a level's walls from its record into a column of shared memory and reads where its episode begins.
HD_INLINE void sim_cta_fetch(const SimCta *cta, uint32_t record, SimNext *next) {
  const Worlds *worlds = &cta->job->worlds;
  const uint32_t *from = worlds->record + (size_t)record * (size_t)worlds->records.words;
  uint32_t *const to = cta->shared.walls + next->board;
  for (int y = 0; y < worlds->records.rows; ++y) to[y * cta->threads] = from[y];
  sim_read_start(worlds, record, next);
}

// Draws the episode after `episode` ahead, into the walls that are not in use.
HD_INLINE void sim_cta_refill(const SimCta *cta, uint32_t world, uint32_t episode, uint32_t board,
                              SimNext *next) {
  const Worlds *worlds = &cta->job->worlds;
  const uint32_t other = (uint32_t)(worlds->records.rows * cta->threads);
  const uint32_t record = sim_record(worlds, world, episode + 1);
  next->board = board >= other ? board - other : board + other;
  if (cta->fresh) {
    SimScratch *const mine = cta->scratch + world;
    env_generate_in(&worlds->spec.env, worlds->spec.seed, world, episode + 1, &mine->work, &mine->level);
    worlds_write_record(&worlds->spec, &worlds->records, &mine->level,
                        worlds->record + (size_t)record * (size_t)worlds->records.words);
  }
  sim_cta_fetch(cta, record, next);
}

// ---- Views ----

// Writes the view's bits (envs/view.h), row by row from the walls; word(view_words).
HD_INLINE void sim_cta_view(const View *view, const uint32_t *walls, uint32_t pitch, int rows,
                            const SimLane *s, uint32_t *word) {
  const int side = view->side, reach = view->kind == VIEW_WINDOW ? side / 2 : 0;
  const int top = view->kind == VIEW_WINDOW ? (int)(s->position >> POSITION_ROW_SHIFT) - reach : 0;
  const int left = view->kind == VIEW_WINDOW ? (int)(s->position & POSITION_COLUMN) - reach : 0;
  uint64_t pending = 0;
  int filled = 0, written = 0;
  SimSight sight;
  sim_sight_marks(view, s->position, s->goal, &sight);
  const uint32_t marks = view_marks(view, sight.goal, sight.agent);
  UNROLL_ON_GPU for (int k = 0; k <= side; ++k) {
    uint64_t bits = marks;  // after the last row
    int count = view_bits(view) - view_squares(view);
    if (k < side) {
      int y = top + k;
      y = y < 0       ? 0
          : y >= rows ? rows - 1
                      : y;  // the first and the last row are all wall, as is what lies beyond
      bits = view_row_bits(walls[s->board + (uint32_t)y * pitch], left, side);
      count = side;
    }
    pending |= bits << filled;
    filled += count;
    if (filled < 32) continue;
    word[written++] = (uint32_t)pending;
    pending >>= 32;
    filled -= 32;
  }
  if (filled > 0) word[written] = (uint32_t)pending;
}

// What a square is, from an observation's bits.
HD_INLINE uint8_t sim_cta_square(const View *view, const uint32_t *word, int square) {
  const int marks = view_squares(view), bits = view_index_bits(view);
  uint32_t mark[2] = {0, 0};
  UNROLL_ON_GPU for (int m = 0; m < 2; ++m) {
    const int at = marks + m * bits, bit = at % 32;
    if (m == 1 && view->kind != VIEW_BOARD) break;
    const uint64_t both = word[at / 32] | (bit + bits > 32 ? (uint64_t)word[at / 32 + 1] << 32 : 0);
    mark[m] = (uint32_t)(both >> bit) & ((1u << bits) - 1);
  }
  if (view->kind == VIEW_BOARD && mark[1] == (uint32_t)square) return SQUARE_AGENT;
  if (mark[0] == (uint32_t)square) return SQUARE_GOAL;
  return word[square / 32] >> square % 32 & 1 ? SQUARE_WALL : SQUARE_FREE;
}

// The CTA writes the staged observations of `count` worlds together, neighbours beside each other.
HD_INLINE void sim_cta_write(const SimCta *cta, int count, uint8_t *out) {
  const View *view = cta->view;
  const SimShared *shared = &cta->shared;
  if (view->pack == VIEW_BITS) {
    const int words = view_words(view);
    uint32_t *const to = (uint32_t *)(void *)out;
    BLOCK_FOR(cta->block, i, count * words) {
      to[i] = shared->staged[i / words * shared->stride + i % words];
    }
  } else {
    const int squares = view_squares(view);
    BLOCK_FOR(cta->block, i, count * squares) {
      out[i] = sim_cta_square(view, shared->staged + i / squares * shared->stride, i % squares);
    }
  }
}

// Whether a view is four whole words: 16 bytes a thread, side by side, need no staging.
HD_INLINE bool sim_cta_is_direct(const View *view) {
  return view->kind == VIEW_WINDOW && view->pack == VIEW_BITS && view->side == 11;
}

// Shows all worlds of the CTA, in row `row` of the slots.
HD_INLINE void sim_cta_observe(const SimCta *cta, const SimLane *s, size_t row) {
  const SimJob *job = cta->job;
  const int thread = sim_cta_thread(cta->block), rows = job->worlds.records.rows;
  const int left = job->worlds.spec.count - cta->first, count = left < cta->threads ? left : cta->threads;
  uint8_t *const out = job->observation + (row + (size_t)cta->first) * (size_t)view_bytes(cta->view);
  const uint32_t pitch = (uint32_t)cta->threads;
  if (cta->direct) {
    uint32_t word[4];
    sim_cta_view(cta->view, cta->shared.walls, pitch, rows, s, word);
    if (thread >= count) return;
#ifdef __CUDA_ARCH__
    ((uint4 *)(void *)out)[thread] = make_uint4(word[0], word[1], word[2], word[3]);
#else
    memcpy(out + 16 * thread, word, sizeof word);
#endif
    return;
  }
  sim_cta_view(cta->view, cta->shared.walls, pitch, rows, s,
               cta->shared.staged + thread * cta->shared.stride);
  BLOCK_FOR(cta->block, staged, 0) {}  // a barrier: all observations are there
  sim_cta_write(cta, count, out);
}

// ---- Steps ----

// One step of this thread's world, without what it shows.
HD_INLINE uint32_t sim_cta_step(const SimCta *cta, LaneTable moves, uint32_t action, SimLane *s,
                                const SimCount *count, SimNext *next) {
  const MazeLaneStep made = maze_lane_step(cta->shared.walls, (uint32_t)cta->threads, moves, s->board,
                                           s->goal, action, &s->position, &s->left);
  const bool ended = made.terminated || made.truncated;
  if (ended && s->used) {  // rare: an episode drawn ahead ended as well
    sim_cta_refill(cta, count->world, count->episode + (s->ends & 0xffff), s->board, next);
    s->used = false;
  }
  sim_count(s, made.terminated, ended);
  sim_switch(s, next, ended);
  return sim_outcome(made.terminated, made.truncated);
}

// Between chunks of steps: the counts are brought up to date, and an episode is drawn ahead where one has
// begun.
HD_INLINE void sim_cta_settle(const SimCta *cta, SimLane *s, SimCount *count, SimNext *next) {
  if (!s->used) return;
  sim_settle(s, count);
  sim_cta_refill(cta, count->world, count->episode, s->board, next);
  s->used = false;
}

HD_INLINE void sim_cta_begin(const SimCta *cta, uint32_t world, SimLane *s, SimCount *count, SimNext *next) {
  const Worlds *worlds = &cta->job->worlds;
  const WorldTile *tile = &worlds->tile[world / LANE_TILE];
  const uint32_t at = world % LANE_TILE;
  count->world = world;
  count->episode = tile->episode[at];
  count->terminated = tile->terminated[at];
  next->board = (uint32_t)sim_cta_thread(cta->block);
  sim_cta_fetch(cta, sim_record(worlds, world, count->episode), next);
  s->goal = next->goal;
  s->board = next->board;
  s->position = tile->position[at];
  s->left = tile->left[at];
  s->ends = 0;
  s->used = false;
  next->board += (uint32_t)(worlds->records.rows * cta->threads);
  sim_cta_fetch(cta, sim_record(worlds, world, count->episode + 1), next);
}

HD_INLINE void sim_cta_end(const SimCta *cta, const SimLane *s, const SimCount *count) {
  WorldTile *tile = &cta->job->worlds.tile[count->world / LANE_TILE];
  const uint32_t at = count->world % LANE_TILE;
  tile->position[at] = s->position;
  tile->left[at] = s->left;
  tile->episode[at] = count->episode;
  tile->terminated[at] = count->terminated;
}

// `steps` steps from step t on, `slot` first, with the random actions in the lowest bits of `actions`.
HD_INLINE void sim_cta_chunk(const SimCta *cta, int t, int slot, int steps, uint32_t actions, SimLane *s,
                             const SimCount *count, SimNext *next) {
  const SimJob *job = cta->job;
  const size_t worlds = (size_t)job->worlds.spec.count;
  const LaneTable moves = maze_lane_moves();
  const bool is_shown = count->world < worlds;
  for (int k = 0; k < steps; ++k) {
    const size_t row = (size_t)slot * worlds;
    uint32_t action = actions;
    if (job->actions) action = is_shown ? job->actions[(size_t)(t + k) * worlds + count->world] : 0;
    actions >>= 2;
    const uint32_t outcome = sim_cta_step(cta, moves, action, s, count, next);
    if (job->outcome && is_shown) job->outcome[row + count->world] = (uint8_t)outcome;
    if (cta->view->kind != VIEW_NONE) sim_cta_observe(cta, s, row);
    if (++slot >= job->slots) slot = 0;
  }
}

// All steps of a job for the worlds of one CTA; every thread of the CTA comes here.
HD_INLINE void sim_cta(const SimCta *cta) {
  const SimJob *job = cta->job;
  const uint32_t world = (uint32_t)(cta->first + sim_cta_thread(cta->block));
  uint32_t word[4] = {0, 0, 0, 0};
  SimLane s;
  SimCount count;
  SimNext next;
  sim_cta_begin(cta, world, &s, &count, &next);
  for (int t = 0; t < job->steps;) {
    const uint64_t step = job->worlds.step + (uint64_t)t;
    const int place = (int)(step % SIM_ACTIONS_WORD), number = (int)(step / SIM_ACTIONS_WORD % 4);
    const int rest = SIM_ACTIONS_WORD - place, left = job->steps - t, steps = rest < left ? rest : left;
    sim_cta_settle(cta, &s, &count, &next);
    if (t == 0 || (place == 0 && number == 0))
      rng_lane_block(job->worlds.spec.seed, rng_lane_stream(RNG_SIM_ACTION, world), 0,
                     step / SIM_ACTIONS_BLOCK, word);
    const uint32_t actions = number == 0 ? word[0] : number == 1 ? word[1] : number == 2 ? word[2] : word[3];
    sim_cta_chunk(cta, t, t % job->slots, steps, actions >> 2 * place, &s, &count, &next);
    t += steps;
  }
  sim_cta_settle(cta, &s, &count, &next);
  sim_cta_end(cta, &s, &count);
}

#endif
#endif

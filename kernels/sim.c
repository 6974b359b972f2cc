// The CPU's `sim`: a thread steps the worlds of a block, several vectors of them in turn, many steps at a
// time.
#include "kernels/sim.h"

#include "kernels/phase_name.h"

enum {
  BLOCK_LANES = WORLDS_BLOCK / LANE_WIDTH,
  LIVE = BLOCK_LANES < 4 ? BLOCK_LANES : 4,  // vectors stepped in turn: a gather hides behind the others
  READ_WORDS_MAX = 17,                       // 64-bit words of the largest view
};

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "strips are read from any byte on");

// What is made of a group of LIVE vectors of worlds.
typedef struct Group {
  SimNext next[LIVE];
  SimCount count[LIVE];
  Lane actions[LIVE][4];  // 64 random actions a world
  uint32_t world;         // the first
} Group;

// ---- Views ----

HD_INLINE uint64_t load_word(const uint8_t *from) {
  uint64_t word;
  memcpy(&word, from, sizeof word);
  return word;
}

// Through a register: joined into a vector in memory first, the words would have to wait for each other
// there.
HD_INLINE void store_word(uint8_t *to, uint64_t word, size_t bytes) {
  __asm__("" : "+r"(word));
  memcpy(to, &word, bytes);
}

// word(view_read_words) = the squares' bits of the view that begins `shift` bits after `from`, then zeros.
HD_INLINE void read_squares(const View *view, const uint8_t *from, int shift, uint64_t *word) {
  const int words = view_read_words(view), squares = view_squares(view);
  uint64_t here = load_word(from);
  for (int k = 0; k < words; ++k) {
    const uint64_t after = k + 1 < words ? load_word(from + 8 * (k + 1)) : 0;
    const int rest = squares - 64 * k;
    word[k] = here >> shift | after << 1 << (63 - shift);
    if (rest < 64) word[k] &= rest > 0 ? ((uint64_t)1 << rest) - 1 : 0;
    here = after;
  }
}

HD_INLINE void write_bits(const View *view, uint64_t *word, uint32_t marks, uint8_t *out) {
  const int squares = view_squares(view), at = squares / 64, bit = squares % 64;
  const int words = view_words(view);
  word[at] |= (uint64_t)marks << bit;
  if (bit + view_bits(view) - squares > 64) word[at + 1] = (uint64_t)marks >> (64 - bit);
  for (int k = 0; k < words / 2; ++k) store_word(out + 8 * k, word[k], 8);
  if (words % 2) store_word(out + 8 * (words / 2), word[words / 2], 4);
}

HD_INLINE void write_bytes(const View *view, const uint64_t *word, uint32_t goal, uint32_t agent,
                           uint8_t *out) {
  const int squares = view_squares(view), words = (squares + 63) / 64;
  for (int k = 0; k < words; ++k) {
    const int rest = squares - 64 * k;
    lane_spread_bits(word[k], rest < 64 ? rest : 64, out + 64 * k);
  }
  // Where the goal is not shown, the agent's own square is written in its place: it is free.
  const uint32_t centre = view->kind == VIEW_BOARD ? agent : (uint32_t)squares / 2;
  const bool shown = goal < (uint32_t)squares;
  out[shown ? goal : centre] = shown ? SQUARE_GOAL : SQUARE_FREE;
  if (view->kind == VIEW_BOARD) out[agent] = SQUARE_AGENT;
}

// The byte and bit where the views of a vector of worlds begin, within all records.
HD_INLINE void sight_begin(const Worlds *worlds, const View *view, Lane position, Lane board,
                           SimSight *sight) {
  const WorldRecords *r = &worlds->records;
  const Lane record = lane_shl(lane_add(board, lane_set((uint32_t)r->strips)), 2);
  const Lane y = lane_shr(position, POSITION_ROW_SHIFT), x = lane_and(position, lane_set(POSITION_COLUMN));
  sight->byte = record;
  sight->shift = lane_set(0);
  if (view->kind != VIEW_WINDOW) return;
  const uint32_t strip_bytes = 4 * (uint32_t)r->strip_words;
  const Lane bit = sim_square(view, y, lane_set((uint32_t)-view->side));
  const Lane strip = lane_mul(lane_sub(x, lane_set(1)), lane_set(strip_bytes));
  sight->byte = lane_add(lane_add(record, strip), lane_shr(bit, 3));
  sight->shift = lane_and(bit, lane_set(7));
}

// Writes what a vector of worlds sees; `out` is the first world's place.
HD_INLINE void observe(const SimJob *job, const View *view, const SimLane *s, uint32_t world, uint8_t *out) {
  const Worlds *worlds = &job->worlds;
  const uint8_t *const records = (const uint8_t *)worlds->record;
  const int bytes = view_bytes(view), left = worlds->spec.count - (int)world;
  const int count = left < LANE_WIDTH ? left : LANE_WIDTH;
  uint32_t byte[LANE_WIDTH], shift[LANE_WIDTH], goal[LANE_WIDTH], agent[LANE_WIDTH];
  SimSight sight;
  sight_begin(worlds, view, s->position, s->board, &sight);
  sim_sight_marks(view, s->position, s->goal, &sight);
  if (view->pack == VIEW_BITS && view_bits(view) == 128 && count == LANE_WIDTH) {
    const int bit = view_squares(view) - 96;  // of the highest word, where the marks begin
    const uint32_t keep[4] = {~0u, ~0u, ~0u, (1u << bit) - 1};
    lane_cut_128(records, sight.byte, sight.shift, lane_shl(sight.goal, bit), keep, out);
    return;
  }
  lane_store(byte, sight.byte), lane_store(shift, sight.shift);
  lane_store(goal, sight.goal), lane_store(agent, sight.agent);
  __asm__("" : "+m"(byte), "+m"(shift), "+m"(goal), "+m"(agent));  // read from memory: see lane_cut_128()
  for (int i = 0; i < count; ++i, out += bytes) {
    uint64_t word[READ_WORDS_MAX];
    read_squares(view, records + byte[i], (int)shift[i], word);
    if (view->pack == VIEW_BYTES)
      write_bytes(view, word, goal[i], agent[i], out);
    else
      write_bits(view, word, view_marks(view, goal[i], agent[i]), out);
  }
}

static void write_outcome(const SimJob *job, Lane outcome, uint32_t world, uint8_t *slot) {
  uint8_t byte[LANE_TILE];
  const int left = job->worlds.spec.count - (int)world;
  lane_store_bytes(byte, outcome);
  if (left >= LANE_WIDTH)
    memcpy(slot + world, byte, LANE_WIDTH);
  else if (left > 0)
    memcpy(slot + world, byte, (size_t)left);
}

// ---- Episodes ----

static void generate(const Worlds *worlds, uint32_t world, uint32_t episode) {
  const WorldsSpec *spec = &worlds->spec;
  const uint32_t record = worlds_record_of(worlds, world, episode);
  Level level;
  env_generate(&spec->env, spec->seed, world, episode, &level);
  worlds_write_record(spec, &worlds->records, &level,
                      worlds->record + (size_t)record * (size_t)worlds->records.words);
}

// Draws the episode after `episode` ahead, in every world of the vector; levels are generated where `used`
// says that the last one was taken.
static __attribute__((noinline)) void refill(const SimJob *job, const Lane *world, const Lane *episode,
                                             uint32_t used, SimNext *next) {
  const Worlds *worlds = &job->worlds;
  const Lane coming = lane_add(*episode, lane_set(1));
  if (worlds->spec.pool == 0) {
    uint32_t number[LANE_WIDTH], first[LANE_WIDTH];
    lane_store(number, coming), lane_store(first, *world);
    for (uint32_t rest = used; rest; rest &= rest - 1)
      generate(worlds, first[bits_lowest(rest)], number[bits_lowest(rest)]);
  }
  const Lane record = sim_record(worlds, *world, coming);
  sim_read_start(worlds, record, next);
  next->board = lane_mul(record, lane_set((uint32_t)worlds->records.words));
}

// Brings counts up to date and draws ahead where an episode has begun.
HD_INLINE void settle(const SimJob *job, SimLane *s, SimCount *count, SimNext *next) {
  const uint32_t used = lane_mask_bits(s->used);
  if (!used) return;
  sim_settle(s, count);
  refill(job, &count->world, &count->episode, used, next);
  s->used = lane_mask_none();
}

// An episode drawn ahead ended as well: the next one is needed at once.
static __attribute__((noinline)) void refill_now(const SimJob *job, const SimCount *count, const Lane *ends,
                                                 uint32_t used, SimNext *next) {
  const Lane episode = lane_add(count->episode, lane_and(*ends, lane_set(0xffff)));
  refill(job, &count->world, &episode, used, next);
}

// ---- Steps ----

HD_INLINE void load_lane(const SimJob *job, uint32_t world, SimLane *s, SimCount *count, SimNext *next) {
  const WorldTile *tile = &job->worlds.tile[world / LANE_TILE];
  const uint32_t at = world % LANE_TILE;
  count->world = lane_add(lane_set(world), lane_count_up());
  count->episode = lane_load(tile->episode + at);
  count->terminated = lane_load(tile->terminated + at);
  const Lane record = sim_record(&job->worlds, count->world, count->episode);
  sim_read_start(&job->worlds, record, next);
  s->goal = next->goal;
  s->board = lane_mul(record, lane_set((uint32_t)job->worlds.records.words));
  s->position = lane_load(tile->position + at);
  s->left = lane_load(tile->left + at);
  s->ends = lane_set(0);
  s->used = lane_mask_none();
  refill(job, &count->world, &count->episode, 0, next);
}

HD_INLINE void store_lane(const SimJob *job, uint32_t world, const SimLane *s, const SimCount *count) {
  WorldTile *tile = &job->worlds.tile[world / LANE_TILE];
  const uint32_t at = world % LANE_TILE;
  lane_store(tile->episode + at, count->episode);
  lane_store(tile->terminated + at, count->terminated);
  lane_store(tile->position + at, s->position);
  lane_store(tile->left + at, s->left);
}

HD_INLINE Lane given_actions(const SimJob *job, int t, uint32_t world) {
  const uint8_t *const row = job->actions + (size_t)t * (size_t)job->worlds.spec.count;
  const int left = job->worlds.spec.count - (int)world;
  if (left >= LANE_TILE) return lane_load_bytes(row + world);
  uint8_t byte[LANE_TILE] = {0};
  if (left > 0) memcpy(byte, row + world, (size_t)left);
  return lane_load_bytes(byte);
}

// One step of one vector of worlds.
HD_INLINE void step_lane(const SimJob *job, const View *view, LaneTable moves, Lane action, uint32_t world,
                         int slot, SimLane *s, const SimCount *count, SimNext *next) {
  const Worlds *worlds = &job->worlds;
  const MazeLaneStep made =
      maze_lane_step(worlds->record, 1, moves, s->board, s->goal, action, &s->position, &s->left);
  const LaneMask ended = lane_mask_or(made.terminated, made.truncated);
  const uint32_t twice = lane_mask_bits(lane_mask_and(ended, s->used));
  if (__builtin_expect(twice != 0, 0)) {
    const uint32_t used = lane_mask_bits(s->used);
    const Lane ends = s->ends;
    refill_now(job, count, &ends, used, next);
    s->used = lane_mask_none();
  }
  sim_count(s, made.terminated, ended);
  sim_switch(s, next, ended);
  const size_t row = (size_t)slot * (size_t)worlds->spec.count;
  if (job->outcome)
    write_outcome(job, sim_outcome(made.terminated, made.truncated), world, job->outcome + row);
  if (view->kind != VIEW_NONE)
    observe(job, view, s, world, job->observation + (row + world) * (size_t)view_bytes(view));
}

// The steps of one group from step `t` on, for `steps` of them, all with actions from the same random
// numbers.
HD_INLINE void step_group(const SimJob *job, const View *view, int t, int steps, Group *group, SimLane *s) {
  const LaneTable moves = maze_lane_moves();
  const uint64_t step = job->worlds.step + (uint64_t)t;
  const int word = (int)(step / SIM_ACTIONS_WORD % 4), from = 2 * (int)(step % SIM_ACTIONS_WORD);
  Lane actions[LIVE];
  int slot = job->slots > 1 ? t % job->slots : 0;
  UNROLL for (int u = 0; u < LIVE; ++u) {
    settle(job, &s[u], &group->count[u], &group->next[u]);
    actions[u] = lane_shr(group->actions[u][word], from);
  }
  for (int k = 0; k < steps; ++k) {
    UNROLL for (int u = 0; u < LIVE; ++u) {
      const uint32_t world = group->world + (uint32_t)(u * LANE_WIDTH);
      const Lane action = job->actions ? given_actions(job, t + k, world) : actions[u];
      actions[u] = lane_shr(actions[u], 2);
      step_lane(job, view, moves, action, world, slot, &s[u], &group->count[u], &group->next[u]);
    }
    if (++slot >= job->slots) slot = 0;
  }
}

HD_INLINE void draw_actions(const SimJob *job, uint64_t step, Group *group) {
  for (int u = 0; u < LIVE; ++u)
    rng_lane_block(job->worlds.spec.seed, rng_lane_stream(RNG_SIM_ACTION, group->count[u].world), lane_set(0),
                   step / SIM_ACTIONS_BLOCK, group->actions[u]);
}

// All steps of the worlds from `world` on, LIVE vectors of them.
HD_INLINE void run_group(const SimJob *job, const View *view, uint32_t world) {
  SimLane s[LIVE];
  Group group;
  group.world = world;
  UNROLL for (int u = 0; u < LIVE; ++u)
      load_lane(job, world + (uint32_t)(u * LANE_WIDTH), &s[u], &group.count[u], &group.next[u]);
  if (job->steps == 0 && view->kind != VIEW_NONE) UNROLL for (int u = 0; u < LIVE; ++u) {
      const uint32_t first = world + (uint32_t)(u * LANE_WIDTH);
      observe(job, view, &s[u], first, job->observation + (size_t)first * (size_t)view_bytes(view));
    }
  for (int t = 0; t < job->steps;) {
    const uint64_t step = job->worlds.step + (uint64_t)t;
    const int rest = SIM_ACTIONS_WORD - (int)(step % SIM_ACTIONS_WORD), left = job->steps - t;
    const int steps = rest < left ? rest : left;
    if (!job->actions && (t == 0 || step % SIM_ACTIONS_BLOCK == 0)) draw_actions(job, step, &group);
    step_group(job, view, t, steps, &group, s);
    t += steps;
  }
  UNROLL for (int u = 0; u < LIVE; ++u) {
    settle(job, &s[u], &group.count[u], &group.next[u]);
    store_lane(job, world + (uint32_t)(u * LANE_WIDTH), &s[u], &group.count[u]);
  }
}

void PHASE_NAME(sim)(const SimJob *job, int block);
void PHASE_NAME(sim)(const SimJob *job, int block) {
  const View none = {VIEW_NONE, VIEW_BITS, 1}, eleven = {VIEW_WINDOW, VIEW_BITS, 11};
  const View bytes = {VIEW_WINDOW, VIEW_BYTES, 11}, any = job->worlds.spec.view;
  const bool shown = job->observation && any.kind != VIEW_NONE;
  const bool is_eleven = any.kind == VIEW_WINDOW && any.side == 11;
  for (int lane = 0; lane < BLOCK_LANES; lane += LIVE) {
    const uint32_t world = (uint32_t)(block * WORLDS_BLOCK + lane * LANE_WIDTH);
    // The views that most ask for have their sizes known to the compiler.
    if (!shown)
      run_group(job, &none, world);
    else if (is_eleven && any.pack == VIEW_BITS)
      run_group(job, &eleven, world);
    else if (is_eleven)
      run_group(job, &bytes, world);
    else
      run_group(job, &any, world);
  }
}

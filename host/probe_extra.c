// Visits the levels of a thought by several threads, and walks to squares other than the goal.
#include "host/probe_extra.h"

#include <string.h>

#include "envs/oracle.h"

EvalSet extra_part(const EvalSet *set, int levels) {
  EvalSet part = *set;
  if (part.count > levels) part.count = levels;
  return part;
}

// What the subject is asked about a chunk.
static SubjectBatch batch_of(const ExtraThought *thought, const ProbeThoughts *thoughts) {
  SubjectBatch batch = probe_thoughts_batch(thoughts);
  const size_t first = (size_t)thoughts->first;
  batch.state = thoughts->state;
  if (thought->edits) batch.edits = thought->edits + first * (size_t)thought->level_edits;
  batch.level_edits = thought->level_edits;
  batch.edit_values = thought->edit_values;
  batch.edit_rows = thought->edit_rows;
  if (thought->later) batch.later = thought->later + first;
  batch.later_from = thought->later_from;
  return batch;
}

Status extra_think(const ExtraThought *thought, ExtraVisit *visit, void *context) {
  ProbeThoughts thoughts;
  Status status =
      probe_thoughts_create(thought->subject, thought->set, thought->ticks, 1, thought->state, &thoughts);
  while (status == STATUS_OK && probe_thoughts_next(&thoughts)) {
    const SubjectBatch batch = batch_of(thought, &thoughts);
    status = probe_thoughts_think(&thoughts, &batch, 0);
    if (status != STATUS_OK) break;
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < thoughts.count; ++i) visit(&thoughts, i, context);
  }
  probe_thoughts_free(&thoughts);
  return status;
}

void extra_walk_to(const Level *level, const uint8_t *plan, int target, int16_t *walked) {
  uint8_t until_goal[GRID_SQUARES];
  Level towards = *level;
  memcpy(until_goal, plan, (size_t)grid_squares(&level->grid));
  if (target != level->goal) until_goal[level->goal] = PLAN_STAY;
  towards.goal = target;
  plan_walk(&towards, until_goal, walked);
}

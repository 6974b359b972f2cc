// Walks of a subject on levels from a file, as JSON lines.
#ifndef MESAGRID_HOST_EVALUATE_LEVELS_H
#define MESAGRID_HOST_EVALUATE_LEVELS_H

#include <stdio.h>

#include "host/level_file.h"
#include "host/subject.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Ends an evaluation's walk, as a multiple of the level's longer side squared [steps].
enum { EVALUATE_LIMIT = 4 };

// Lets a subject think on each level for `ticks` ticks and walk from the level's start as its plan says,
// under the rules of the world `env_kind`. Writes a line per level:
//   {"level": 0, "name": "…", "solved": true, "steps": 37, "actions": "UURD…"}
// steps counts actions, bumps into walls among them. A walk that does not arrive is cut at the limit, or
// where the plan has no action. Levels may have any sides. `path` names the output in errors.
Status evaluate_levels(const Subject *subject, int env_kind, const NamedLevel *levels, int count, int ticks,
                       FILE *out, const char *path);

#ifdef __cplusplus
}
#endif
#endif

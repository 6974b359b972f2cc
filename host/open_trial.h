// A trial's agent, opened to think: what eval and watch begin with.
#ifndef MESAGRID_HOST_OPEN_TRIAL_H
#define MESAGRID_HOST_OPEN_TRIAL_H

#include "host/checkpoint.h"
#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// An agent with everything it thinks with. Not to be moved: `subject` points into it.
typedef struct OpenTrial {
  TrainedAgent agent;
  SubjectAgent parts;
  Subject subject;
} OpenTrial;

// Opens the trial that lies in a directory. That it diverged or is not trained to the end is no failure: a
// note on standard error says so. The caller closes it; after a failure there is nothing to close.
Status open_trial(const char *directory, OpenTrial *trial);

// The same for a caller who looks at trial->agent.progress itself.
Status open_trial_silently(const char *directory, OpenTrial *trial);
void open_trial_close(OpenTrial *trial);

#ifdef __cplusplus
}
#endif
#endif

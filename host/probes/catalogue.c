// The tables of probes and extras.
#include "host/probes/catalogue.h"

#include "host/probes/block.h"
#include "host/probes/extra_curves.h"
#include "host/probes/extra_description.h"
#include "host/probes/extra_hysteresis.h"
#include "host/probes/extra_linear.h"
#include "host/probes/extra_refinement.h"
#include "host/probes/extra_replanning.h"
#include "host/probes/extra_wave.h"
#include "host/probes/flip.h"
#include "host/probes/front.h"
#include "host/probes/goal.h"
#include "host/probes/residual.h"
#include "host/probes/tick.h"

const Probe *const probes[PROBES] = {
    &PROBE_FLIP, &PROBE_TICK, &PROBE_FRONT, &PROBE_BLOCK, &PROBE_GOAL, &PROBE_RESIDUAL,
};

const ProbeExtra *const probe_extras[PROBE_EXTRAS] = {
    &EXTRA_CURVES, &EXTRA_WAVE,        &EXTRA_REFINEMENT, &EXTRA_HYSTERESIS,
    &EXTRA_LINEAR, &EXTRA_DESCRIPTION, &EXTRA_REPLANNING,
};

// `mesagrid list`: what there is to choose from, as text or as JSON.
#include <jansson.h>
#include <string.h>

#include "envs/catalogue.h"
#include "host/cli.h"
#include "host/config.h"
#include "host/devices.h"
#include "host/subjects/catalogue.h"
#include "host/text.h"
#include "kernels/phases.h"

static const CliOption OPTIONS[] = {
    {"--json", NULL, "an array of objects instead of text", NULL},
    {"--out", "FILE", "where to write; - is standard output", "-"},
};

const CliCommand about_list = {
    .name = "list",
    .arguments = "[WHAT]",
    .summary = "show what there is to choose from: worlds, knobs, agent cores …",
    .description =
        "WHAT is one of\n"
        "  envs       worlds\n"
        "  keys       knobs of a sweep: name, default, bounds, and what a sweep over the knob does:\n"
        "             'per agent' trains in one batch, 'splits cohorts' in several, 'evaluation' nothing "
        "anew\n"
        "  cores      what agents think with, and the tensors that they learn\n"
        "  baselines  what stands beside the agents in every evaluation\n"
        "  isa        instruction sets that the program was built for, and which one this machine runs\n"
        "  devices    the CPU and the GPUs that a sweep can train on, or why there is no GPU\n"
        "Without WHAT: these names.\n"
        "\n"
        "examples:\n"
        "  mesagrid list keys\n"
        "  mesagrid list keys --json | jq -r '.[] | select(.scope == \"shape\").name'\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .arguments_min = 0,
    .arguments_max = 1,
};

// ---- Worlds and baselines ----

static int env_count(void) {
  return ENV_KINDS;
}

static json_t *env_item(int i) {
  return json_pack("{s:s}", "name", env_name(i));
}

static int baseline_count(void) {
  int count;
  (void)subject_baselines(&count);
  return count;
}

static json_t *baseline_item(int i) {
  int count;
  return json_pack("{s:s}", "name", subject_baselines(&count)[i].name);
}

// ---- Cores ----

static int core_count(void) {
  return AGENT_CORES;
}

static json_t *tensor_json(const TensorInfo *info) {
  json_t *shape = json_array();
  for (int axis = 0; axis < info->rank; ++axis) json_array_append_new(shape, json_integer(info->shape[axis]));
  return json_pack("{s:s, s:o}", "name", info->name, "shape", shape);
}

// What a core learns depends on its channels: told for the default.
static json_t *core_item(int i) {
  Config config;
  config_default(&config);
  const TensorTable table = agent_tensors((AgentShape){.core = i, .channels = config.agent_channels});
  json_t *tensors = json_array();
  int parameters = 0;
  for (int t = 0; t < table.count; ++t) {
    json_array_append_new(tensors, tensor_json(&table.tensor[t]));
    parameters += table.tensor[t].rows * table.tensor[t].length;
  }
  return json_pack("{s:s, s:i, s:i, s:o}", "name", agent_core_name(i), "channels", config.agent_channels,
                   "parameters", parameters, "tensors", tensors);
}

static void print_core(FILE *file, const json_t *item) {
  fprintf(file, "%s: %d parameters at %d channels\n", json_string_value(json_object_get(item, "name")),
          (int)json_integer_value(json_object_get(item, "parameters")),
          (int)json_integer_value(json_object_get(item, "channels")));
  size_t t, axis;
  const json_t *tensor, *size;
  json_array_foreach(json_object_get(item, "tensors"), t, tensor) {
    fprintf(file, "  %-20s", json_string_value(json_object_get(tensor, "name")));
    json_array_foreach(json_object_get(tensor, "shape"), axis, size)
        fprintf(file, "%s%d", axis > 0 ? " x " : "", (int)json_integer_value(size));
    fputc('\n', file);
  }
}

// ---- Instruction sets ----

static const char *const ISAS[] = {"avx512", "avx2", "baseline"};

static int isa_count(void) {
  return sizeof ISAS / sizeof *ISAS;
}

static json_t *isa_item(int i) {
  const Phases *phases, *chosen;
  const bool is_here = phases_choose(ISAS[i], &phases) == STATUS_OK;
  const bool is_chosen = phases_choose(NULL, &chosen) == STATUS_OK && strcmp(chosen->name, ISAS[i]) == 0;
  return json_pack("{s:s, s:b, s:b}", "name", ISAS[i], "here", is_here, "chosen", is_chosen);
}

static void print_isa(FILE *file, const json_t *item) {
  const bool is_here = json_is_true(json_object_get(item, "here"));
  const char *note = is_here ? "this machine has it" : "not on this machine, or not built";
  if (json_is_true(json_object_get(item, "chosen"))) note = "this machine has it; it is what runs";
  fprintf(file, "%-10s%s\n", json_string_value(json_object_get(item, "name")), note);
}

// ---- Devices ----

// "139.8 GB"
static double gigabytes(const json_t *item, const char *key) {
  return (double)json_integer_value(json_object_get(item, key)) / 1e9;
}

static void print_device(FILE *file, const json_t *item) {
  const char *const reason = json_string_value(json_object_get(item, "reason"));
  const char *const model = json_string_value(json_object_get(item, "model"));
  fprintf(file, "%-10s", json_string_value(json_object_get(item, "name")));
  if (reason) {
    fprintf(file, "not to be used: %s\n", reason);
  } else if (model) {
    fprintf(file, "%s, %.1f GB (%.1f GB free), compute capability %s, %d multiprocessors\n", model,
            gigabytes(item, "memory_total"), gigabytes(item, "memory_free"),
            json_string_value(json_object_get(item, "compute_capability")),
            (int)json_integer_value(json_object_get(item, "multiprocessors")));
  } else {
    const int threads = (int)json_integer_value(json_object_get(item, "threads"));
    fprintf(file, "%d thread%s, %s, %.1f GB free\n", threads, threads == 1 ? "" : "s",
            json_string_value(json_object_get(item, "isa")), gigabytes(item, "memory_available"));
  }
}

// ---- Knobs ----

// Names as config_keys.h explains them.
static const char *const TYPE_NAMES[] = {
    [KEY_INT] = "integer", [KEY_LONG] = "integer",        [KEY_ODD] = "odd integer", [KEY_REAL] = "number",
    [KEY_RANGE] = "range", [KEY_ODD_RANGE] = "odd range", [KEY_CHOICE] = "choice",
};
static const char *const SCOPE_NAMES[] = {
    [KEY_SHAPE] = "shape", [KEY_SCALAR] = "scalar", [KEY_EVAL] = "eval"};

// A number as its type writes it: 5, not 5.0.
static json_t *number_json(const KeyInfo *key, double value) {
  return key->type == KEY_REAL ? json_real(value) : json_integer((json_int_t)value);
}

// Defaults are canonical texts of YAML's flow form, which JSON reads too, but for names.
static json_t *default_json(const KeyInfo *key) {
  if (key->type == KEY_CHOICE) return json_string(key->default_text);
  json_t *value = json_loads(key->default_text, JSON_DECODE_ANY, NULL);
  if (key->type == KEY_REAL && json_is_integer(value)) {
    const double number = json_number_value(value);
    json_decref(value);
    return json_real(number);
  }
  return value;
}

static json_t *choices_json(const KeyInfo *key) {
  json_t *choices = json_array();
  for (const char *choice = key->choices; choice && *choice != '\0';) {
    const size_t length = strcspn(choice, "|");
    json_array_append_new(choices, json_stringn(choice, length));
    choice += length;
    choice += *choice == '|';
  }
  return choices;
}

static int key_count(void) {
  return CONFIG_KEY_COUNT;
}

static json_t *key_item(int i) {
  int count;
  const KeyInfo *key = &config_keys(&count)[i];
  json_t *item = json_pack("{s:s, s:s, s:o, s:s, s:s}", "name", key->name, "type", TYPE_NAMES[key->type],
                           "default", default_json(key), "scope", SCOPE_NAMES[key->scope], "help", key->help);
  if (!item) return NULL;
  if (key->type == KEY_CHOICE) {
    json_object_set_new(item, "choices", choices_json(key));
  } else {
    json_object_set_new(item, "min", number_json(key, key->min));
    json_object_set_new(item, "max", number_json(key, key->max));
  }
  return item;
}

// ---- The lists ----

typedef struct List {
  const char *name;
  int (*count)(void);
  json_t *(*item)(int i);                         // an object with `name`; NULL without memory
  void (*print)(FILE *file, const json_t *item);  // an item as text; NULL prints its name
  void (*print_all)(FILE *file);                  // in place of it, the whole list as text
} List;

static const List LISTS[] = {
    {"envs", env_count, env_item, NULL, NULL},
    {"keys", key_count, key_item, NULL, config_write_help},
    {"cores", core_count, core_item, print_core, NULL},
    {"baselines", baseline_count, baseline_item, NULL, NULL},
    {"isa", isa_count, isa_item, print_isa, NULL},
    {"devices", devices_count, devices_item, print_device, NULL},
};
enum { LIST_COUNT = sizeof LISTS / sizeof *LISTS };

static int list_count(void) {
  return LIST_COUNT;
}

static json_t *list_item(int i) {
  return json_pack("{s:s}", "name", LISTS[i].name);
}

// What is listed without WHAT.
static const List LIST_OF_LISTS = {"lists", list_count, list_item, NULL, NULL};

static Status find_list(const char *name, const List **list) {
  char shown[64];
  CliNearest nearest = {.typed = name};
  for (int i = 0; i < LIST_COUNT; ++i) {
    *list = &LISTS[i];
    if (strcmp(LISTS[i].name, name) == 0) return STATUS_OK;
    cli_nearest_offer(&nearest, LISTS[i].name);
  }
  const char *hint = nearest.sentence[0] != '\0' ? nearest.sentence : "; mesagrid list shows what there is";
  return status_fail(STATUS_USAGE, "list: there is no list of '%s'%s",
                     text_printable(name, shown, sizeof shown), hint);
}

static Status print_items(const List *list, const json_t *items, FILE *stream) {
  size_t i;
  const json_t *item;
  if (list->print_all) {
    list->print_all(stream);
    return STATUS_OK;
  }
  json_array_foreach(items, i, item) {
    if (list->print)
      list->print(stream, item);
    else
      fprintf(stream, "%s\n", json_string_value(json_object_get(item, "name")));
  }
  return STATUS_OK;
}

static Status write_list(const List *list, bool as_json, FILE *stream) {
  // Fifteen digits: every bound and default of the table reads back as it is written there.
  const size_t flags = JSON_INDENT(2) | JSON_REAL_PRECISION(15);
  json_t *items = json_array();
  Status status = STATUS_OK;
  for (int i = 0; i < list->count() && status == STATUS_OK; ++i)
    if (json_array_append_new(items, list->item(i)) != 0)
      status = status_fail(STATUS_MEMORY, "no memory for a list");
  if (status == STATUS_OK && !as_json) status = print_items(list, items, stream);
  if (status == STATUS_OK && as_json && (json_dumpf(items, stream, flags) != 0 || fputc('\n', stream) == EOF))
    status = status_fail(STATUS_MEMORY, "no memory for a list as JSON");
  json_decref(items);
  return status;
}

static Status list_given(const CliGiven *given) {
  const List *list = &LIST_OF_LISTS;
  CliOutput output;
  if (given->positional_count > 0) TRY(find_list(given->positional[0], &list));
  TRY(cli_output_open(cli_value(&about_list, given, "--out"), &output));
  const bool as_json = cli_value(&about_list, given, "--json") != NULL;
  return cli_output_close(&output, write_list(list, as_json, output.stream));
}

Status command_list(int argc, char **argv) {
  CliGiven given;
  TRY(cli_parse(&about_list, argc, argv, &given));
  const Status status = given.help ? STATUS_OK : list_given(&given);
  cli_release(&given);
  return status;
}

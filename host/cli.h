// The command line: one function per command, and the options that several of them share.
#ifndef MESAGRID_HOST_CLI_H
#define MESAGRID_HOST_CLI_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CLI_OPTIONS_MAX = 16,  // of one command
  CLI_THREADS_MAX = 1024,
};

// One option of a command: "--out DIR" has a value, "--json" has none.
typedef struct CliOption {
  const char *name;          // "--out"
  const char *value_name;    // "DIR"; NULL for a flag
  const char *help;          // one line
  const char *default_text;  // NULL if none
} CliOption;

// A command as --help shows it and as the arguments are read.
typedef struct CliCommand {
  const char *name;         // "sweep"
  const char *arguments;    // "FILE [key=value]..."
  const char *summary;      // one line
  const char *description;  // paragraphs and examples, lines of at most 100 columns, a newline at the end
  const CliOption *options;
  int option_count;
  int arguments_min, arguments_max;  // of positional arguments; max −1: any number
} CliCommand;

// What was given: values(option) is NULL where it was not (the flag's own name for a flag).
typedef struct CliGiven {
  const char **positional;
  int positional_count;
  const char *values[CLI_OPTIONS_MAX];
  bool help;  // --help was asked for and printed
} CliGiven;

// Reads argv (without program and command name). Options may stand anywhere; "--name=value" works; "--" ends
// them. STATUS_USAGE with a sentence that names what is wrong and the nearest option. The positional array
// borrows argv.
Status cli_parse(const CliCommand *command, int argc, char **argv, CliGiven *given);
void cli_release(CliGiven *given);

// The value of a named option of this command, or its default text, or NULL.
const char *cli_value(const CliCommand *command, const CliGiven *given, const char *name);

// The same as a whole number within [min, max]; STATUS_USAGE with a sentence otherwise. Where there is
// neither value nor default, *value stays as it is.
Status cli_integer(const CliCommand *command, const CliGiven *given, const char *name, long min, long max,
                   long *value);

// The same as a number within [min, max].
Status cli_real(const CliCommand *command, const CliGiven *given, const char *name, double min, double max,
                double *value);

// The same as the place of a name in "any|train|test".
Status cli_choice(const CliCommand *command, const CliGiven *given, const char *name, const char *choices,
                  int *value);

// The value of --threads, or OpenMP's number; OpenMP uses as many from now on.
Status cli_threads(const CliCommand *command, const CliGiven *given, int *threads);

// From now on the first SIGINT or SIGTERM sets the flag that is returned; a second one of the same kind
// kills.
const volatile sig_atomic_t *cli_catch_signals(void);

// STATUS_USAGE with a sentence if an option that the command cannot do without was not given.
Status cli_require(const CliCommand *command, const CliGiven *given, const char *name);

// "; did you mean X?" for the nearest of the words that were offered, or "" if none is near.
typedef struct CliNearest {
  const char *typed;
  char sentence[96];
  int distance;  // of the one in the sentence; 0: none yet
} CliNearest;

void cli_nearest_offer(CliNearest *nearest, const char *word);

// Prints a command's help on standard output.
void cli_print_help(const CliCommand *command);

// Prints an aligned entry, a word and its explanation, wrapped at 100 columns: `column` is where explanations
// begin.
void cli_print_entry(FILE *file, const char *word, int column, const char *explanation);

// One sentence on standard error: "mesagrid: …".
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

// "0.1.0"
const char *cli_version(void);

// Output that appears whole or not at all: it is gathered in memory and written by cli_output_close().
typedef struct CliOutput {
  FILE *stream;      // to print to
  const char *path;  // for messages too; borrowed
  bool is_standard;  // standard output
  char *bytes;
  size_t size;
} CliOutput;

// For a path or, for "-", standard output. Fails at once, before any work, where nothing could be written
// later.
Status cli_output_open(const char *path, CliOutput *output);

// Writes what was printed if `status`, that of the work, is STATUS_OK; files are replaced atomically, pipes
// and devices written through. Drops it otherwise and returns `status`. A reader that went away ("| head") is
// no failure.
Status cli_output_close(CliOutput *output, Status status);

// True if whoever read our standard output has gone.
bool cli_reader_left(void);

// What the help tells of each command.
extern const CliCommand about_bench, about_sweep, about_eval, about_levels, about_report, about_watch,
    about_list, about_worker, about_probe, about_calibrate;

// The commands. Each reads its own arguments and prints its own results; main.c prints errors and exits.
Status command_sweep(int argc, char **argv);
Status command_eval(int argc, char **argv);
Status command_levels(int argc, char **argv);
Status command_report(int argc, char **argv);
Status command_watch(int argc, char **argv);
Status command_list(int argc, char **argv);
Status command_bench(int argc, char **argv);
Status command_worker(int argc, char **argv);
Status command_probe(int argc, char **argv);
Status command_calibrate(int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif

// The command line: one function per command, and the options that several of them share.
#ifndef MESAGRID_HOST_CLI_H
#define MESAGRID_HOST_CLI_H

#include <stdbool.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

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
  const char *description;  // paragraphs and examples
  const CliOption *options;
  int option_count;
  int arguments_min, arguments_max;  // of positional arguments; max −1: any number
} CliCommand;

// What was given: values(option) is NULL where it was not (the flag's own name for a flag).
typedef struct CliGiven {
  const char **positional;
  int positional_count;
  const char *values[16];
  bool help;  // --help was asked for and printed
} CliGiven;

// Reads argv (without program and command name). Options may stand anywhere; "--name=value" works; "--" ends them.
// STATUS_USAGE with a sentence that names what is wrong and the nearest option. The positional array borrows argv.
Status cli_parse(const CliCommand *command, int argc, char **argv, CliGiven *given);
void cli_release(CliGiven *given);

// The value of a named option of this command, or its default text, or NULL.
const char *cli_value(const CliCommand *command, const CliGiven *given, const char *name);

// The same as a whole number within [min, max]; STATUS_USAGE with a sentence otherwise.
Status cli_integer(const CliCommand *command, const CliGiven *given, const char *name, long min, long max, long *value);

// The commands. Each reads its own arguments and prints its own results; main.c prints errors and exits.
Status command_sweep(int argc, char **argv);
Status command_eval(int argc, char **argv);
Status command_levels(int argc, char **argv);
Status command_report(int argc, char **argv);
Status command_watch(int argc, char **argv);
Status command_list(int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif

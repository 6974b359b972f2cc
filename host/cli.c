// Reads a command's arguments: options by name, values by type, and what to say when they are wrong.
#include "host/cli.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "host/text.h"

enum { SHOWN_BYTES = 80 };  // of a user's word in a message

const char *cli_version(void) {
  return MESAGRID_VERSION;
}

void cli_note(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("mesagrid: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
}

void cli_nearest_offer(CliNearest *nearest, const char *word) {
  const int distance = text_distance(nearest->typed, word);
  const int length = (int)strlen(word);
  // A word that shares hardly a letter is no help.
  if (2 * distance > length || (nearest->sentence[0] != '\0' && distance >= nearest->distance)) return;
  nearest->distance = distance;
  snprintf(nearest->sentence, sizeof nearest->sentence, "; did you mean %s?", word);
}

// ---- Options ----

// Number of the option whose name is the first `length` bytes of `text`; -1 if there is none.
static int find_option(const CliCommand *command, const char *text, size_t length) {
  for (int i = 0; i < command->option_count; ++i) {
    const char *name = command->options[i].name;
    if (strlen(name) == length && memcmp(name, text, length) == 0) return i;
  }
  return -1;
}

// The word is the user's, so it is shown printable and cut: a terminal must not obey it.
static Status unknown_option(const CliCommand *command, const char *text, size_t length) {
  char word[SHOWN_BYTES], shown[SHOWN_BYTES];
  snprintf(word, sizeof word, "%.*s", (int)(length < SHOWN_BYTES ? length : SHOWN_BYTES), text);
  CliNearest nearest = {.typed = word};
  for (int i = 0; i < command->option_count; ++i) cli_nearest_offer(&nearest, command->options[i].name);
  cli_nearest_offer(&nearest, "--help");
  const char *hint = nearest.sentence;
  if (hint[0] == '\0') hint = "; its options are shown with --help";
  return status_fail(STATUS_USAGE, "%s: there is no option '%s'%s", command->name,
                     text_printable(word, shown, sizeof shown), hint);
}

// Takes the option at argv[*at] and, where it stands apart, its value after it.
static Status take_option(const CliCommand *command, int argc, char **argv, int *at, CliGiven *given) {
  const char *text = argv[*at], *equals = strchr(text, '=');
  const size_t length = equals ? (size_t)(equals - text) : strlen(text);
  const int number = find_option(command, text, length);
  if (number < 0) return unknown_option(command, text, length);
  const CliOption *option = &command->options[number];
  if (given->values[number])
    return status_fail(STATUS_USAGE, "%s: %s stands there twice", command->name, option->name);
  if (!option->value_name) {
    given->values[number] = option->name;
    if (equals) return status_fail(STATUS_USAGE, "%s: %s takes no value", command->name, option->name);
    return STATUS_OK;
  }
  // What looks like an option is one: `--out --json` forgot the file. "--out=--json" says it is meant.
  const bool next_is_value = *at + 1 < argc && strncmp(argv[*at + 1], "--", 2) != 0;
  if (!equals && !next_is_value)
    return status_fail(STATUS_USAGE, "%s: %s needs a value: %s %s", command->name, option->name, option->name,
                       option->value_name);
  given->values[number] = equals ? equals + 1 : argv[++*at];
  return STATUS_OK;
}

// ---- Positional arguments ----

// The nth word of "FILE [key=value]...", from 0, without brackets.
static void argument_name(const CliCommand *command, int n, char *name, size_t size) {
  const char *text = command->arguments;
  for (; n > 0; --n) {
    text += strcspn(text, " ");
    text += strspn(text, " ");
  }
  text += strspn(text, "[");
  snprintf(name, size, "%.*s", (int)strcspn(text, " ].["), text);
}

// Says by name what is missing: "2 arguments expected" would make the user look it up.
static Status check_count(const CliCommand *command, const CliGiven *given) {
  char shown[SHOWN_BYTES];
  const int count = given->positional_count, max = command->arguments_max;
  if (count < command->arguments_min) {
    argument_name(command, count, shown, sizeof shown);
    return status_fail(STATUS_USAGE, "%s: %s is missing: mesagrid %s %s", command->name, shown, command->name,
                       command->arguments);
  }
  if (max >= 0 && count > max)
    return status_fail(STATUS_USAGE, "%s: '%s' is one argument too many", command->name,
                       text_printable(given->positional[max], shown, sizeof shown));
  return STATUS_OK;
}

// ---- The whole line ----

// Help is given however wrong the rest is: it is what the user needs then.
static bool asks_for_help(int argc, char **argv) {
  for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; ++i)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
  return false;
}

// A lone "-" is an argument: it stands for standard output.
static Status take_all(const CliCommand *command, int argc, char **argv, CliGiven *given) {
  bool options_ended = false;
  for (int i = 0; i < argc; ++i) {
    const bool is_option = !options_ended && argv[i][0] == '-' && argv[i][1] != '\0';
    if (is_option && strcmp(argv[i], "--") == 0)
      options_ended = true;
    else if (is_option)
      TRY(take_option(command, argc, argv, &i, given));
    else
      given->positional[given->positional_count++] = argv[i];
  }
  return check_count(command, given);
}

Status cli_parse(const CliCommand *command, int argc, char **argv, CliGiven *given) {
  memset(given, 0, sizeof *given);
  given->help = asks_for_help(argc, argv);
  if (given->help) {
    cli_print_help(command);
    return STATUS_OK;
  }
  given->positional = calloc((size_t)argc + 1, sizeof *given->positional);
  if (!given->positional) return status_fail(STATUS_MEMORY, "no memory for %d arguments", argc);
  const Status status = take_all(command, argc, argv, given);
  if (status != STATUS_OK) cli_release(given);
  return status;
}

void cli_release(CliGiven *given) {
  free(given->positional);
  memset(given, 0, sizeof *given);
}

// ---- Values ----

const char *cli_value(const CliCommand *command, const CliGiven *given, const char *name) {
  const int number = find_option(command, name, strlen(name));
  if (number < 0) return NULL;
  return given->values[number] ? given->values[number] : command->options[number].default_text;
}

Status cli_require(const CliCommand *command, const CliGiven *given, const char *name) {
  if (cli_value(command, given, name)) return STATUS_OK;
  const int number = find_option(command, name, strlen(name));
  return status_fail(STATUS_USAGE, "%s: %s %s is missing", command->name, name,
                     number < 0 ? "" : command->options[number].value_name);
}

// C's own readers skip blanks and take hexadecimal numbers, infinities and NaN: only plain numbers begin and
// go on so.
static bool looks_like_number(const char *text, const char *letters) {
  return text[0] != '\0' && text[strspn(text, letters)] == '\0';
}

Status cli_integer(const CliCommand *command, const CliGiven *given, const char *name, long min, long max,
                   long *value) {
  const char *text = cli_value(command, given, name);
  if (!text) return STATUS_OK;
  char *end = NULL, shown[SHOWN_BYTES];
  errno = 0;
  const long read = looks_like_number(text, "-0123456789") ? strtol(text, &end, 10) : 0;
  if (!end || *end != '\0' || end == text || errno != 0 || read < min || read > max)
    return status_fail(STATUS_USAGE, "%s: %s takes a whole number from %ld to %ld, not '%s'", command->name,
                       name, min, max, text_printable(text, shown, sizeof shown));
  *value = read;
  return STATUS_OK;
}

Status cli_real(const CliCommand *command, const CliGiven *given, const char *name, double min, double max,
                double *value) {
  const char *text = cli_value(command, given, name);
  if (!text) return STATUS_OK;
  char *end = NULL, shown[SHOWN_BYTES];
  const double read = looks_like_number(text, "+-.0123456789eE") ? strtod(text, &end) : NAN;
  if (!end || *end != '\0' || end == text || !(read >= min && read <= max))
    return status_fail(STATUS_USAGE, "%s: %s takes a number from %g to %g, not '%s'", command->name, name,
                       min, max, text_printable(text, shown, sizeof shown));
  *value = read;
  return STATUS_OK;
}

Status cli_choice(const CliCommand *command, const CliGiven *given, const char *name, const char *choices,
                  int *value) {
  const char *text = cli_value(command, given, name);
  if (!text) return STATUS_OK;
  char shown[SHOWN_BYTES];
  int place = 0;
  for (const char *choice = choices;; ++choice, ++place) {
    const size_t length = strcspn(choice, "|");
    if (strlen(text) == length && memcmp(text, choice, length) == 0) {
      *value = place;
      return STATUS_OK;
    }
    choice += length;
    if (*choice == '\0') break;
  }
  return status_fail(STATUS_USAGE, "%s: %s takes one of %s, not '%s'", command->name, name, choices,
                     text_printable(text, shown, sizeof shown));
}

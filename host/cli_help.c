// Prints the help of a command: usage, what it does, and its options, aligned.
#include <string.h>

#include "host/cli.h"

enum { COLUMNS_MAX = 100, INDENT = 2, GAP = 2, WORD_BYTES = 64, EXPLANATION_BYTES = 512 };

static const char HELP_OPTION[] = "--help";  // every command has it

// Columns of a UTF-8 text whose characters are one column wide: bytes 10xxxxxx only continue one.
static int columns_of(const char *text, size_t bytes) {
  int columns = 0;
  for (size_t i = 0; i < bytes; ++i) columns += ((unsigned char)text[i] & 0xC0) != 0x80;
  return columns;
}

void cli_print_entry(FILE *file, const char *word, int column, const char *explanation) {
  int at = INDENT + columns_of(word, strlen(word));
  fprintf(file, "%*s%s", INDENT, "", word);
  // A word that is too long for its column has a line to itself.
  if (at + GAP > column) {
    fputc('\n', file);
    at = 0;
  }
  fprintf(file, "%*s", column - at, "");
  at = column;
  for (const char *next = explanation; *next != '\0';) {
    const size_t bytes = strcspn(next, " ");
    const int columns = columns_of(next, bytes), blank = at > column;
    if (blank && at + blank + columns > COLUMNS_MAX) {
      fprintf(file, "\n%*s", column, "");
      at = column;
    } else if (blank) {
      fputc(' ', file);
      at += blank;
    }
    fwrite(next, 1, bytes, file);
    at += columns;
    next += bytes;
    next += strspn(next, " ");
  }
  fputc('\n', file);
}

// "--out DIR"
static void option_word(const CliOption *option, char *word) {
  snprintf(word, WORD_BYTES, "%s%s%s", option->name, option->value_name ? " " : "",
           option->value_name ? option->value_name : "");
}

// Where the explanations of a command's options begin.
static int option_column(const CliCommand *command) {
  int widest = (int)strlen(HELP_OPTION);
  for (int i = 0; i < command->option_count; ++i) {
    char word[WORD_BYTES];
    option_word(&command->options[i], word);
    const int columns = columns_of(word, strlen(word));
    if (columns > widest) widest = columns;
  }
  return INDENT + widest + GAP;
}

void cli_print_help(const CliCommand *command) {
  const int column = option_column(command);
  const char *gap = command->arguments[0] != '\0' ? " " : "";
  printf("usage: mesagrid %s%s%s [OPTION]...\n\n%s\n\n%s\noptions:\n", command->name, gap, command->arguments,
         command->summary, command->description);
  for (int i = 0; i < command->option_count; ++i) {
    const CliOption *option = &command->options[i];
    char word[WORD_BYTES], explanation[EXPLANATION_BYTES];
    option_word(option, word);
    if (option->default_text)
      snprintf(explanation, sizeof explanation, "%s (default: %s)", option->help, option->default_text);
    else
      snprintf(explanation, sizeof explanation, "%s", option->help);
    cli_print_entry(stdout, word, column, explanation);
  }
  cli_print_entry(stdout, HELP_OPTION, column, "print this");
}

// The program: finds the command, runs it, prints what went wrong and turns it into an exit code.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "host/cli.h"
#include "host/text.h"

// Exit codes, as --help tells them.
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

typedef struct Command {
  const CliCommand *about;
  Status (*run)(int argc, char **argv);
  bool is_hidden;  // not for people: in no list of commands
} Command;

// In the order of a day's work.
static const Command COMMANDS[] = {
    {&about_sweep, command_sweep, false},   {&about_report, command_report, false},
    {&about_eval, command_eval, false},     {&about_watch, command_watch, false},
    {&about_levels, command_levels, false}, {&about_list, command_list, false},
    {&about_probe, command_probe, false},   {&about_calibrate, command_calibrate, false},
    {&about_bench, command_bench, false},   {&about_worker, command_worker, true},
};
enum { COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS, SUMMARY_COLUMN = 13 };

static void print_help(FILE *file) {
  fprintf(file,
          "mesagrid %s trains populations of small agents on mazes and shows which of them learned to plan.\n"
          "\n"
          "usage: mesagrid COMMAND [ARGUMENT]...\n"
          "\n",
          cli_version());
  for (int i = 0; i < COMMAND_COUNT; ++i) {
    if (COMMANDS[i].is_hidden) continue;
    cli_print_entry(file, COMMANDS[i].about->name, SUMMARY_COLUMN, COMMANDS[i].about->summary);
  }
  cli_print_entry(file, "help", SUMMARY_COLUMN, "the same as COMMAND --help: all about one command");
  fputs(
      "\n"
      "examples:\n"
      "  mesagrid sweep sweeps/quickstart.yaml          train nine agents, evaluate them, write the report\n"
      "  mesagrid sweep sweeps/quickstart.yaml train.updates=40 --out runs/short\n"
      "  mesagrid levels maze --size 15 --count 3       draw three mazes\n"
      "  mesagrid list keys                             every knob with its default and its bounds\n"
      "  mesagrid help eval                             what a command takes\n"
      "\n"
      "options:\n",
      file);
  cli_print_entry(file, "--help", SUMMARY_COLUMN, "print this");
  cli_print_entry(file, "--version", SUMMARY_COLUMN, "print the version");
  fputs(
      "\n"
      "exit code: 0 done; 1 a file, its content or the machine is at fault; 2 the command line or a sweep\n"
      "file is wrong; 130 interrupted, with everything saved. What went wrong is said on standard error.\n",
      file);
}

static const Command *find_command(const char *name) {
  for (int i = 0; i < COMMAND_COUNT; ++i)
    if (strcmp(COMMANDS[i].about->name, name) == 0) return &COMMANDS[i];
  return NULL;
}

static Status unknown_command(const char *name) {
  char shown[64];
  CliNearest nearest = {.typed = name};
  for (int i = 0; i < COMMAND_COUNT; ++i)
    if (!COMMANDS[i].is_hidden) cli_nearest_offer(&nearest, COMMANDS[i].about->name);
  cli_nearest_offer(&nearest, "help");
  cli_nearest_offer(&nearest, "--help");
  cli_nearest_offer(&nearest, "--version");
  const char *hint = nearest.sentence[0] != '\0' ? nearest.sentence : "; mesagrid --help shows all commands";
  return status_fail(STATUS_USAGE, "there is no command '%s'%s", text_printable(name, shown, sizeof shown),
                     hint);
}

static Status run_help(int argc, char **argv) {
  if (argc == 0) {
    print_help(stdout);
    return STATUS_OK;
  }
  const Command *command = find_command(argv[0]);
  if (!command) return unknown_command(argv[0]);
  cli_print_help(command->about);
  return STATUS_OK;
}

// `argv` begins with the name of the command.
static Status run(int argc, char **argv) {
  if (argc == 0) {
    print_help(stderr);
    return status_fail(STATUS_USAGE, "no command was given");
  }
  const char *name = argv[0];
  if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
    return run_help(argc - 1, argv + 1);
  if (strcmp(name, "--version") == 0) {
    printf("mesagrid %s\n", cli_version());
    return STATUS_OK;
  }
  const Command *command = find_command(name);
  return command ? command->run(argc - 1, argv + 1) : unknown_command(name);
}

// What was printed must have arrived; only a reader that wanted no more ("| head") is no failure.
static Status finish_output(Status status) {
  errno = 0;
  const bool lost = fflush(stdout) != 0 || ferror(stdout);
  if (!lost || status != STATUS_OK || cli_reader_left()) return status;
  return status_fail(STATUS_IO, "standard output: cannot write%s%s", errno ? ": " : "",
                     errno ? strerror(errno) : "");
}

static int exit_code(Status status) {
  switch (status) {
    case STATUS_OK:
      return EXIT_DONE;
    case STATUS_USAGE:
      return EXIT_USAGE;
    case STATUS_INTERRUPTED:
      return EXIT_INTERRUPTED;
    default:
      return EXIT_FAILED;
  }
}

int main(int argc, char **argv) {
  // A sweep whose output is piped into `head` goes on; writes report EPIPE in place of a signal.
  signal(SIGPIPE, SIG_IGN);
  const Status status = finish_output(run(argc - 1, argv + 1));
  // A command that was interrupted may have nothing to say.
  if (status != STATUS_OK && status_message()[0] != '\0') cli_note("%s", status_message());
  return exit_code(status);
}

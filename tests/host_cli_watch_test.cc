// `mesagrid watch` as its users meet it, on a terminal and elsewhere.
#include <jansson.h>
#include <pty.h>

#include "tests/cli_program.h"

namespace {

// ---- watch ----

// The pictures of plain output: caption and rows.
struct Picture {
  std::string caption;
  std::vector<std::string> rows;
};

std::vector<Picture> pictures_of(const std::string &text) {
  std::vector<Picture> pictures;
  for (const std::string &line : lines_of(text)) {
    if (line.rfind("tick ", 0) == 0 || line.rfind("walk ", 0) == 0)
      pictures.push_back({line, {}});
    else if (!pictures.empty() && line.rfind("██", 0) == 0)
      pictures.back().rows.push_back(line);
  }
  return pictures;
}

TEST_F(Cli, PlainWatchShowsEachChangeOfThePlanThenTheLastTickThenTheWalk) {
  const Outcome outcome = run({"watch", trial, "--level", levels, "--index", "2", "--ticks", "9"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos) << "no escape codes outside a terminal";
  EXPECT_EQ(outcome.out.rfind("maze 9x9 seed 1 level 2", 0), 0u) << outcome.out;
  const std::vector<Picture> pictures = pictures_of(outcome.out);
  ASSERT_GE(pictures.size(), 3u);
  EXPECT_EQ(pictures.front().caption.rfind("tick 1 of 9:", 0), 0u);
  EXPECT_EQ(pictures[pictures.size() - 2].caption.rfind("tick 9 of 9:", 0), 0u);
  EXPECT_EQ(pictures.back().caption.rfind("walk after 9 ticks:", 0), 0u);
  for (size_t i = 0; i < pictures.size(); ++i) {
    EXPECT_EQ(pictures[i].rows.size(), 9u);
    for (const std::string &row : pictures[i].rows) EXPECT_EQ(columns_of(row), 18) << row;
    if (i > 0 && i + 2 < pictures.size()) {
      EXPECT_NE(pictures[i].rows, pictures[i - 1].rows) << pictures[i].caption;
    }
  }
}

TEST_F(Cli, WatchDrawsWallsGoalAndStartWhereTheLevelHasThem) {
  const ReadLevels read(read_all(levels));
  const Level &level = read.levels[0].level;
  const Picture picture = pictures_of(run({"watch", trial, "--level", levels, "--plain"}).out).front();
  ASSERT_EQ(picture.rows.size(), 9u);
  for (int y = 0; y < 9; ++y) {
    std::vector<std::string> columns;  // one character each
    for (const char c : picture.rows[(size_t)y]) {
      if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) columns.emplace_back();
      columns.back() += c;
    }
    for (int x = 0; x < 9; ++x) {
      const int square = y * 9 + x;
      const std::string left = columns[(size_t)(2 * x)], right = columns[(size_t)(2 * x + 1)];
      EXPECT_EQ(left == "█", grid_is_wall(&level.grid, square)) << y << " " << x;
      EXPECT_EQ(left == "G", square == level.goal) << y << " " << x;
      EXPECT_EQ(right == "@", square == level.start) << y << " " << x;
    }
  }
}

TEST_F(Cli, WatchAndEvalTellTheSameWalk) {
  const ReadLevels read(read_all(levels));
  const std::vector<std::string> lines =
      lines_of(run({"eval", trial, "--levels", levels, "--ticks", "6"}).out);
  for (const int index : {0, 7, 19, 38}) {
    json_t *walk = json_loads(lines[(size_t)index].c_str(), 0, nullptr);
    const bool solved = json_is_true(json_object_get(walk, "solved"));
    const std::string actions = json_string_value(json_object_get(walk, "actions"));
    const std::string out =
        run({"watch", trial, "--level", levels, "--index", std::to_string(index), "--ticks", "6"}).out;
    EXPECT_EQ(out.find(", at the goal") != std::string::npos, solved) << out;
    // A walk that goes round is shown up to where it closes.
    const std::vector<std::string> shown = lines_of(out);
    size_t at = 0;
    while (at < shown.size() && shown[at].rfind("walk ", 0) != 0) ++at;
    ASSERT_LT(at + 1, shown.size());
    EXPECT_EQ(actions.rfind(shown[at + 1], 0), 0u) << shown[at + 1] << " against " << actions;
    EXPECT_EQ(shown[at + 1] == actions, solved) << "only a walk that arrives is told whole by both";
    json_decref(walk);
  }
}

TEST_F(Cli, WatchWithoutAFileShowsAHeldOutLevelLargerThanThoseOfTraining) {
  const Outcome first = run({"watch", trial, "--index", "0", "--ticks", "1"});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out.rfind("held-out level 0 of 9×9", 0), 0u) << first.out;
  EXPECT_EQ(pictures_of(first.out).front().rows.size(), 9u);
  EXPECT_NE(run({"watch", trial, "--index", "1", "--ticks", "1"}).out, first.out);
  EXPECT_EQ(run({"watch", trial}).code, 0);
}

TEST_F(Cli, BadWatchRequestsAreRefused) {
  expect_refused({"watch", trial, "--level", levels, "--index", "40"}, 2, "levels.txt: it holds 40 levels");
  expect_refused({"watch", trial, "--index", "12"}, 2, "it is evaluated on 12 levels");
  expect_refused({"watch", trial, "--index", "-1"}, 2, "--index");
  expect_refused({"watch", trial, "--ticks", "1001"}, 2, "--ticks");
  expect_refused({"watch", trial, "--delay", "-5"}, 2, "--delay");
}

// ---- watch on a terminal ----

// Whether `right`, which puts things right, stands there, and `wrong` nowhere after it. A terminal drops on
// Ctrl-C what it has not shown yet, so `wrong` may be missing altogether.
bool ends_with(const std::string &out, const std::string &right, const std::string &wrong) {
  const size_t at = out.rfind(right);
  return at != std::string::npos && out.find(wrong, at) == std::string::npos;
}

// Cursor, wrapping and colours are as they were.
void expect_sane(const std::string &out) {
  EXPECT_TRUE(ends_with(out, "\x1b[?25h", "\x1b[?25l"));
  EXPECT_TRUE(ends_with(out, "\x1b[?7h", "\x1b[?7l"));
  EXPECT_TRUE(ends_with(out, "\x1b[0m", "\x1b[3"));
}

// The program on a terminal of its own: all that it printed there, and its exit code. With `signal_after` the
// terminal's user presses Ctrl-C once that text has been seen.
Outcome run_on_terminal(const Words &words, int rows, const std::string &signal_after) {
  winsize window = {};
  window.ws_row = (unsigned short)rows;
  window.ws_col = 80;
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, &window);
  if (child == 0) run_program(words);
  Outcome outcome = {};
  bool pressed = signal_after.empty();
  char bytes[4096];
  // A terminal whose last user has gone reports an error in place of an end.
  for (ssize_t got; (got = read(terminal, bytes, sizeof bytes)) > 0;) {
    outcome.out.append(bytes, (size_t)got);
    if (pressed || outcome.out.find(signal_after) == std::string::npos) continue;
    pressed = true;
    EXPECT_EQ(write(terminal, "\x03", 1), 1);
  }
  outcome.code = exit_code(child);
  close(terminal);
  return outcome;
}

TEST_F(Cli, OnATerminalWatchDrawsInPlaceAndGivesTheCursorBack) {
  const Outcome outcome =
      run_on_terminal({"watch", trial, "--level", levels, "--ticks", "3", "--delay", "0"}, 24, "");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("\x1b[10A"), std::string::npos) << "nine rows and the caption are drawn over";
  expect_sane(outcome.out);
  for (const char *tick : {"tick 1 of 3", "tick 2 of 3", "tick 3 of 3", "walk after 3 ticks"})
    EXPECT_NE(outcome.out.find(tick), std::string::npos) << tick;
}

TEST_F(Cli, CtrlCEndsWatchWith130AndASaneTerminal) {
  const Outcome outcome = run_on_terminal(
      {"watch", trial, "--level", levels, "--ticks", "50", "--delay", "20000"}, 24, "tick 1 of 50");
  EXPECT_EQ(outcome.code, 130);
  EXPECT_EQ(outcome.out.find("tick 3 of 50"), std::string::npos);
  EXPECT_EQ(outcome.out.find("mesagrid: "), std::string::npos) << "whoever pressed the keys knows";
  expect_sane(outcome.out);
}

TEST_F(Cli, AWindowTooSmallOrPlainGetsOnePictureAfterAnother) {
  const Words words = {"watch", trial, "--level", levels, "--ticks", "3"};
  const Outcome small = run_on_terminal(words, 10, "");
  EXPECT_NE(small.out.find("the window has 10 rows"), std::string::npos) << small.out;
  Words plain_words = words;
  plain_words.push_back("--plain");
  for (const Outcome &outcome : {small, run_on_terminal(plain_words, 24, "")}) {
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
    EXPECT_NE(outcome.out.find("walk after 3 ticks"), std::string::npos);
  }
}

}  // namespace

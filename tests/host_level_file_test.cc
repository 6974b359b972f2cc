// Claims about level files: what reads back, what is refused with which line, and that no bytes do harm.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "envs/catalogue.h"
#include "host/level_file.h"
#include "tests/envs_pictures.h"

namespace {

Status parse(const std::string &text, std::vector<NamedLevel> *out = nullptr) {
  // A copy of exactly this size, so that a checker of memory sees any read beyond it.
  std::vector<char> bytes(text.begin(), text.end());
  NamedLevel *levels = nullptr;
  int count = -1;
  const Status status = level_text_parse(bytes.data(), bytes.size(), "file", &levels, &count);
  if (status != STATUS_OK) {
    EXPECT_EQ(levels, nullptr);
    EXPECT_EQ(count, 0);
  }
  if (out && count > 0) out->assign(levels, levels + count);
  level_file_free(levels);
  return status;
}

void expect_refused(const std::string &text, const std::string &sentence) {
  EXPECT_EQ(parse(text), STATUS_DATA) << text;
  EXPECT_EQ(status_message(), sentence) << text;
}

TEST(LevelFile, ReadsNamesAndLevels) {
  std::vector<NamedLevel> levels;
  ASSERT_EQ(parse("; a room\n#####\n#@ G#\n#####\n\n\n####\n#G@#\n####", &levels), STATUS_OK)
      << status_message();
  ASSERT_EQ(levels.size(), 2u);
  EXPECT_STREQ(levels[0].name, "a room");
  EXPECT_EQ(picture_of(levels[0].level, levels[0].level.start), "#####\n#@ G#\n#####\n");
  EXPECT_STREQ(levels[1].name, "level 2");
  EXPECT_EQ(levels[1].level.goal, 5);
  EXPECT_EQ(levels[1].level.start, 6);
}

TEST(LevelFile, TheLastHeaderAboveALevelNamesItAndEndsTheOneBefore) {
  std::vector<NamedLevel> levels;
  ASSERT_EQ(parse("; a comment\n;one\n####\n#@G#\n####\n; two \n####\n#@G#\n####\n; the end\n", &levels),
            STATUS_OK);
  ASSERT_EQ(levels.size(), 2u);
  EXPECT_STREQ(levels[0].name, "one");
  EXPECT_STREQ(levels[1].name, "two");
}

TEST(LevelFile, ToleratesCarriageReturnsAndTrailingBlanks) {
  std::vector<NamedLevel> levels;
  ASSERT_EQ(parse("; name \r\n#####\r\n#@ G#  \r\n#####\t\r\n \t\r\n", &levels), STATUS_OK)
      << status_message();
  ASSERT_EQ(levels.size(), 1u);
  EXPECT_STREQ(levels[0].name, "name");
  EXPECT_EQ(levels[0].level.grid.width, 5);
}

TEST(LevelFile, WhatIsWrittenReadsBackAsTheSameLevel) {
  FILE *file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  std::vector<Level> written;
  for (uint32_t episode = 0; episode < 40; ++episode) {
    const EnvSpec spec = {ENV_MAZE, 5, 31, 0.1f, episode % 2 ? 0.3f : 0.0f, 4, SPLIT_ANY};
    Level level;
    ASSERT_TRUE(env_generate(&spec, 1, 0, episode, &level));
    written.push_back(level);
    ASSERT_EQ(level_text_write(file, &level, ("maze " + std::to_string(episode)).c_str()), STATUS_OK);
  }
  std::string text(static_cast<size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  ASSERT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  std::vector<NamedLevel> read;
  ASSERT_EQ(parse(text, &read), STATUS_OK) << status_message();
  ASSERT_EQ(read.size(), written.size());
  for (size_t k = 0; k < read.size(); ++k) {
    EXPECT_EQ(read[k].name, "maze " + std::to_string(k));
    EXPECT_EQ(std::memcmp(&read[k].level, &written[k], sizeof(Level)), 0) << k;
  }
}

TEST(LevelFile, ReadsAFileAndNamesAMissingOne) {
  const std::string path = testing::TempDir() + "level_file_test.txt";
  FILE *file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  std::fputs("####\n#@G#\n####\n", file);
  std::fclose(file);
  NamedLevel *levels = nullptr;
  int count = 0;
  EXPECT_EQ(level_file_read(path.c_str(), &levels, &count), STATUS_OK) << status_message();
  EXPECT_EQ(count, 1);
  level_file_free(levels);
  std::remove(path.c_str());
  EXPECT_EQ(level_file_read(path.c_str(), &levels, &count), STATUS_IO);
  EXPECT_EQ(levels, nullptr);
  EXPECT_EQ(count, 0);
  EXPECT_EQ(status_message(), path + ": cannot open: No such file or directory");
  EXPECT_EQ(level_file_read(testing::TempDir().c_str(), &levels, &count), STATUS_IO) << "a folder";
}

TEST(LevelFile, RefusesFilesWithoutALevel) {
  expect_refused("", "file: holds no level");
  expect_refused("\n\n; only a name\n", "file: holds no level");
}

TEST(LevelFile, RefusesMissingAndSecondGoalsAndStarts) {
  expect_refused("\n; x\n####\n#@ #\n####\n", "file:3: level has no goal 'G'");
  expect_refused("####\n#G #\n####\n\n", "file:1: level has no start '@'");
  expect_refused("#####\n#@GG#\n#####\n", "file:2:4: a second goal 'G'");
  expect_refused("#####\n#@G #\n#@  #\n#####\n", "file:3:2: a second start '@'");
}

TEST(LevelFile, RefusesAStartWithoutAWayToTheGoal) {
  expect_refused("####\n#@G#\n####\n\n#####\n#G#@#\n#####\n", "file:6: no way from the start to the goal");
}

TEST(LevelFile, RefusesRaggedRows) {
  expect_refused("####\n#@G#\n#####\n", "file:3: ragged row: 5 squares, the level's first row has 4");
  expect_refused("####\n#@G\n####\n", "file:2: ragged row: 3 squares, the level's first row has 4");
}

TEST(LevelFile, RefusesSizesOutsideTheBounds) {
  const std::string wide(32, '#'), row = "#@G#\n";
  expect_refused(wide + "\n", "file:1: level is larger than 31 x 31");
  std::string high = "####\n#@G#\n";
  for (int y = 2; y < 32; ++y) high += "####\n";
  expect_refused(high, "file:32: level is larger than 31 x 31");
  expect_refused("\n####\n####\n", "file:2: level of 2 x 4 squares, at least 3 x 3 are needed");
  expect_refused("##\n##\n##\n", "file:1: level of 3 x 2 squares, at least 3 x 3 are needed");
  EXPECT_EQ(parse(high.substr(0, 31 * 5)), STATUS_OK) << status_message();
}

TEST(LevelFile, RefusesAnOpenBorder) {
  expect_refused("## #\n#@G#\n####\n", "file:1:3: border not closed: no wall here");
  expect_refused("####\n @G#\n####\n", "file:2:1: border not closed: no wall here");
  expect_refused("####\n#@ G\n####\n", "file:2:4: border not closed: no wall here");
  expect_refused("####\n#@G#\n# ##\n", "file:3:2: border not closed: no wall here");
  expect_refused("####\n#@ #\n##G#\n\n", "file:3:3: border not closed: no wall here");
}

TEST(LevelFile, RefusesUnknownCharactersWithTheirColumn) {
  expect_refused("#####\n#@xG#\n#####\n", "file:2:3: unknown character 'x'");
  expect_refused("#####\n#@\tG#\n#####\n", "file:2:3: unknown character 0x09");
  expect_refused(std::string("#####\n#@\0G#\n#####\n", 18), "file:2:3: unknown character 0x00");
  expect_refused("\xef\xbb\xbf#####\n", "file:1:1: unknown character 0xef");
}

TEST(LevelFile, RefusesNamesThatDoNotFit) {
  const std::string level = "####\n#@G#\n####\n", longest(63, 'n');
  EXPECT_EQ(parse("; " + longest + "\n" + level), STATUS_OK);
  expect_refused("; " + longest + "n\n" + level, "file:1: name of 64 bytes, at most 63 fit");
  expect_refused(std::string("; a\0b\n", 6) + level, "file:1: name holds a zero byte");
}

// What a reader may hand on, whatever it was given.
void expect_playable(const Level &level) {
  ASSERT_GE(level.grid.height, 3);
  ASSERT_LE(level.grid.height, GRID_MAX);
  ASSERT_GE(level.grid.width, 3);
  ASSERT_LE(level.grid.width, GRID_MAX);
  ASSERT_NE(level.start, level.goal);
  GridSet starts;
  maze_starts(&level, &starts);
  ASSERT_TRUE(grid_set_has(&starts, level.grid.width, level.start));
  for (int square = 0; square < grid_squares(&level.grid); ++square)
    for (int action = 0; action < 4; ++action)
      ASSERT_TRUE(grid_neighbour(&level.grid, square, action) >= 0 || grid_is_wall(&level.grid, square));
}

TEST(LevelFile, SurvivesAnyBytes) {
  const std::string valid = "; name\n#####\n#@ G#\n# # #\n#   #\n#####\n\n; b\n####\n#@G#\n####\n";
  const std::string alphabet = "#####   @G;\n\n\n\r\tx";
  Rng rng = rng_at(1, rng_stream(RNG_PROBE, 0, 0), 0);
  int accepted = 0;
  for (int k = 0; k < 60000; ++k) {
    std::string text = valid.substr(0, k % 3 ? valid.size() : rng_below(&rng, 70));
    for (uint32_t edit = rng_below(&rng, 5); edit > 0 && !text.empty(); --edit) {
      const size_t at = rng_below(&rng, static_cast<uint32_t>(text.size()));
      const char byte = k & 1 ? alphabet[rng_below(&rng, static_cast<uint32_t>(alphabet.size()))]
                              : static_cast<char>(rng_below(&rng, 256));
      if (k & 2)
        text[at] = byte;
      else
        text.insert(at, rng_below(&rng, 40), byte);
    }
    std::vector<NamedLevel> levels;
    if (parse(text, &levels) != STATUS_OK) continue;
    ++accepted;
    for (const NamedLevel &named : levels) expect_playable(named.level);
  }
  EXPECT_GT(accepted, 5000) << "otherwise little was tried";
}

}  // namespace

// Levels from pictures, and back: what the tests of envs/ draw their cases with.
#ifndef MESAGRID_TESTS_ENVS_PICTURES_H
#define MESAGRID_TESTS_ENVS_PICTURES_H

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "envs/env.h"
#include "host/level_file.h"

// The one level that `text` (host/level_file.h) draws.
inline Level picture_level(const std::string &text) {
  NamedLevel *levels = nullptr;
  int count = 0;
  EXPECT_EQ(level_text_parse(text.data(), text.size(), "picture", &levels, &count), STATUS_OK)
      << status_message();
  Level level = {};
  if (count == 1) level = levels[0].level;
  EXPECT_EQ(count, 1);
  level_file_free(levels);
  return level;
}

// The picture of a level with '@' where `agent` stands; an agent on the goal is '+'.
inline std::string picture_of(const Level &level, int agent) {
  std::string text;
  for (int square = 0; square < grid_squares(&level.grid); ++square) {
    if (square == agent)
      text += square == level.goal ? '+' : '@';
    else if (square == level.goal)
      text += 'G';
    else
      text += grid_is_wall(&level.grid, square) ? '#' : ' ';
    if ((square + 1) % level.grid.width == 0) text += '\n';
  }
  return text;
}

// One of the board's eight images: bit 0 swaps the axes, bit 1 turns rows round, bit 2 columns.
inline Level picture_image(const Level &level, int image) {
  const Grid &grid = level.grid;
  Level out = level;
  out.grid = image & 1 ? grid_solid(grid.width, grid.height) : grid_solid(grid.height, grid.width);
  const auto moved = [&](int square) {
    int y = square / grid.width, x = square % grid.width;
    if (image & 1) std::swap(y, x);
    if (image & 2) y = out.grid.height - 1 - y;
    if (image & 4) x = out.grid.width - 1 - x;
    return y * out.grid.width + x;
  };
  for (int square = 0; square < grid_squares(&grid); ++square)
    if (!grid_is_wall(&grid, square)) grid_set_wall(&out.grid, moved(square), false);
  out.goal = moved(level.goal);
  out.start = moved(level.start);
  return out;
}

// A level's identity without any hash: the least of the eight pictures of its walls and goal.
inline std::string picture_identity(const Level &level) {
  std::string least;
  for (int image = 0; image < 8; ++image) {
    const std::string text = picture_of(picture_image(level, image), -1);
    if (image == 0 || text < least) least = text;
  }
  return least;
}

#endif

// Claims about the table of knobs, its parser, its texts and its fingerprint.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "envs/catalogue.h"
#include "envs/grid.h"
#include "host/config.h"
#include "host/text.h"

namespace {

Config defaults() {
  Config config;
  config_default(&config);
  return config;
}

std::string text_of(const Config &config, const char *name) {
  char text[CONFIG_TEXT_BYTES];
  config_get_text(&config, config_find_key(name), text, sizeof text);
  return text;
}

// Sets one knob from text; the canonical text it then has, or the error.
std::string set(const char *name, const std::string &text) {
  Config config = defaults();
  if (config_set_text(&config, name, text.c_str(), "here") != STATUS_OK) return status_message();
  return text_of(config, name);
}

std::string temporary_file(const std::string &content) {
  const std::string path = testing::TempDir() + "/host_config_test.yaml";
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

// Reads a file with this content; "" or the error without the file's directory.
std::string read_error(const std::string &content) {
  const std::string path = temporary_file(content);
  Config config;
  if (config_read_yaml(path.c_str(), &config) == STATUS_OK) return "";
  std::string message = status_message();
  const size_t at = message.find(path);
  return at == std::string::npos ? message : message.replace(at, path.size(), "FILE");
}

std::string written(const Config &config) {
  char *bytes = nullptr;
  size_t size = 0;
  FILE *file = open_memstream(&bytes, &size);
  config_write_yaml(file, &config);
  fclose(file);
  const std::string text(bytes, size);
  free(bytes);
  return text;
}

// A value within the bounds of a key, as text.
std::string random_value(const KeyInfo &key, std::mt19937_64 &random) {
  const double share = std::uniform_real_distribution<double>(0, 1)(random);
  const double real = key.min + share * (key.max - key.min);
  const long long whole = static_cast<long long>(real);
  const long long odd = whole % 2 == 1 ? whole : whole - 1 >= key.min ? whole - 1 : whole + 1;
  char text[96];
  switch (key.type) {
    case KEY_REAL:
      text_from_real(real, text, sizeof text);
      break;
    case KEY_RANGE:
      snprintf(text, sizeof text, "[%lld, %.0f]", whole, key.max);
      break;
    case KEY_ODD_RANGE:
      snprintf(text, sizeof text, "[%lld, %.0f]", odd, key.max);
      break;
    case KEY_ODD:
      snprintf(text, sizeof text, "%lld", odd);
      break;
    case KEY_CHOICE:
      snprintf(text, sizeof text, "%.*s", static_cast<int>(strcspn(key.choices, "|")), key.choices);
      break;
    default:
      snprintf(text, sizeof text, "%lld", whole);
  }
  return text;
}

TEST(Config, EveryDefaultReadsAsItselfAndIsCanonical) {
  int count;
  const KeyInfo *keys = config_keys(&count);
  ASSERT_EQ(count, static_cast<int>(CONFIG_KEY_COUNT));
  const Config config = defaults();
  for (int i = 0; i < count; i++) {
    EXPECT_EQ(text_of(config, keys[i].name), keys[i].default_text) << keys[i].name;
    EXPECT_EQ(set(keys[i].name, keys[i].default_text), keys[i].default_text) << keys[i].name;
  }
}

TEST(Config, DefaultsAreTheSettingThatIsKnownToWork) {
  const Config config = defaults();
  EXPECT_EQ(config.seed, 1);
  EXPECT_EQ(config.env_kind, ENV_MAZE);
  EXPECT_EQ(config.env_sizes.lo, 5);
  EXPECT_EQ(config.env_sizes.hi, 9);
  EXPECT_EQ(config.env_loops, 0.1);
  EXPECT_EQ(config.agent_ticks.lo, 8);
  EXPECT_EQ(config.agent_ticks.hi, 24);
  EXPECT_EQ(config.train_updates, 1500);
  EXPECT_EQ(config.train_learning_rate, 3e-3);
  EXPECT_EQ(config.train_adam_eps, 1e-5);
  EXPECT_EQ(config.eval_ticks, 128);
  EXPECT_EQ(config_check(&config, "defaults"), STATUS_OK);
}

TEST(Config, ChoicesAndBoundsAgreeWithTheWorlds) {
  EXPECT_EQ(config_find_key("env.sizes")->max, GRID_MAX);
  EXPECT_EQ(config_find_key("eval.far_size")->max, GRID_MAX);
  for (int kind = 0; kind < ENV_KINDS; kind++) {
    Config config = defaults();
    ASSERT_EQ(config_set_text(&config, "env.kind", env_name(kind), "here"), STATUS_OK) << status_message();
    EXPECT_EQ(config.env_kind, kind);
  }
}

TEST(Config, EveryKeyIsNamedBoundedAndExplained) {
  int count;
  const KeyInfo *keys = config_keys(&count);
  for (int i = 0; i < count; i++) {
    const std::string whole =
        *keys[i].section ? std::string(keys[i].section) + "." + keys[i].leaf : keys[i].leaf;
    EXPECT_EQ(keys[i].name, whole);
    EXPECT_EQ(config_find_key(keys[i].name), &keys[i]);
    EXPECT_GT(std::string(keys[i].help).size(), 5u);
    EXPECT_TRUE(keys[i].type == KEY_CHOICE ? keys[i].choices != nullptr : keys[i].min < keys[i].max) << whole;
    EXPECT_EQ(keys[i].scope == KEY_EVAL, std::string(keys[i].section) == "eval") << whole;
  }
}

TEST(Config, TheHelpNamesEveryKey) {
  char *bytes = nullptr;
  size_t size = 0;
  FILE *file = open_memstream(&bytes, &size);
  config_write_help(file);
  fclose(file);
  const std::string help(bytes, size);
  free(bytes);
  int count;
  const KeyInfo *keys = config_keys(&count);
  for (int i = 0; i < count; i++)
    EXPECT_NE(help.find(std::string(keys[i].name) + " = " + keys[i].default_text), std::string::npos);
  EXPECT_NE(help.find("a number, 0 to 0.5"), std::string::npos);
}

TEST(Config, TakesValuesAtBothBoundsAndNoneBeyond) {
  EXPECT_EQ(set("env.loops", "0"), "0");
  EXPECT_EQ(set("env.loops", "1"), "1");
  EXPECT_EQ(set("env.loops", "1.0000001"), "here: env.loops: expected a number, 0 to 1, not 1.0000001");
  EXPECT_EQ(set("env.loops", "-0.1"), "here: env.loops: expected a number, 0 to 1, not -0.1");
  EXPECT_EQ(set("agent.channels", "64"), "64");
  EXPECT_EQ(set("agent.channels", "65"), "here: agent.channels: expected a whole number, 1 to 64, not 65");
  EXPECT_EQ(set("agent.channels", "0"), "here: agent.channels: expected a whole number, 1 to 64, not 0");
  EXPECT_EQ(set("seed", "9007199254740991"), "9007199254740991");
  EXPECT_NE(set("seed", "9007199254740993").find("expected a whole number, 0 to 9007199254740991"),
            std::string::npos);
  EXPECT_NE(set("train.updates", "99999999999999999999").find("expected"), std::string::npos);
}

TEST(Config, TakesNumbersAsPeopleWriteThem) {
  EXPECT_EQ(set("train.learning_rate", "3e-3"), "0.003");
  EXPECT_EQ(set("train.learning_rate", "+.5"), "0.5");
  EXPECT_EQ(set("train.adam_eps", "1e-5"), "1.0e-05");
  EXPECT_EQ(set("train.steps", "2e6"), "2000000");
  EXPECT_EQ(set("env.loops", "-0"), "0");
}

TEST(Config, RefusesWhatIsNoNumber) {
  for (const char *text :
       {"nan", "inf", "-.inf", "0x10", "010", "1_000", "1,5",   "1e999", "ten",    "true", "~",
        "",    "--1", "1e",    ".",    "+",   "'1'",   "\"1\"", "[1]",   "{a: 1}", "1 2",  "1-2"})
    EXPECT_NE(set("train.max_grad_norm", text).find("here: train.max_grad_norm"), std::string::npos) << text;
  EXPECT_EQ(set("agent.channels", "16.5"),
            "here: agent.channels: expected a whole number, 1 to 64, not 16.5");
  EXPECT_EQ(set("agent.channels", "\"16\""),
            "here: agent.channels: expected a whole number, 1 to 64, not \"16\"");
}

TEST(Config, ARangeIsTwoRisingNumbersOrOne) {
  EXPECT_EQ(set("agent.ticks", "[2, 3]"), "[2, 3]");
  EXPECT_EQ(set("agent.ticks", "[7,7]"), "[7, 7]");
  EXPECT_EQ(set("agent.ticks", "7"), "[7, 7]");
  for (const char *text :
       {"[24, 8]", "[1, 129]", "[0, 3]", "[1]", "[1, 2, 3]", "[]", "[[1, 2]]", "{1: 2}", "8-24"})
    EXPECT_NE(
        set("agent.ticks", text).find("expected a range [lo, hi], lo <= hi, or one whole number, 1 to 128"),
        std::string::npos)
        << text;
}

TEST(Config, SizesAreOdd) {
  EXPECT_EQ(set("env.sizes", "[7, 31]"), "[7, 31]");
  EXPECT_EQ(set("env.sizes", "9"), "[9, 9]");
  EXPECT_NE(set("env.sizes", "[6, 9]").find("odd"), std::string::npos);
  EXPECT_NE(set("env.sizes", "[5, 8]").find("odd"), std::string::npos);
  EXPECT_NE(set("env.sizes", "[3, 9]").find("5 to 31"), std::string::npos);
  EXPECT_EQ(set("eval.far_size", "21"), "21");
  EXPECT_EQ(set("eval.far_size", "20"), "here: eval.far_size: expected an odd whole number, 5 to 31, not 20");
}

TEST(Config, AChoiceIsOneOfItsNames) {
  EXPECT_EQ(set("agent.core", "conv_mgu"), "conv_mgu");
  EXPECT_EQ(set("agent.core", "conv"), "here: agent.core: expected conv_mgu, not conv");
  EXPECT_EQ(set("agent.core", "[conv_mgu]"), "here: agent.core: expected conv_mgu, not [conv_mgu]");
}

TEST(Config, AFailureChangesNothing) {
  const Config before = defaults();
  Config config = defaults();
  for (const char *text : {"[24, 8]", "[1, 999]", "x", "[1, x]"})
    EXPECT_NE(config_set_text(&config, "agent.ticks", text, "here"), STATUS_OK);
  EXPECT_EQ(memcmp(&before, &config, sizeof config), 0);
}

TEST(Config, AnUnknownKeyIsRefusedWithTheNearestOne) {
  EXPECT_EQ(set("agent.tick", "3"), "here: agent.tick: unknown key, did you mean agent.ticks?");
  EXPECT_EQ(set("ticks", "3"), "here: ticks: unknown key, did you mean agent.ticks?");
  EXPECT_EQ(set("train.ticks", "3"), "here: train.ticks: unknown key, did you mean agent.ticks?");
  EXPECT_EQ(set("env.lops", "3"), "here: env.lops: unknown key, did you mean env.loops?");
  EXPECT_EQ(set("train.learningrate", "3"),
            "here: train.learningrate: unknown key, did you mean train.learning_rate?");
  EXPECT_EQ(set("sed", "3"), "here: sed: unknown key, did you mean seed?");
  EXPECT_NE(set(std::string(100000, 'x').c_str(), "3").find("unknown key"), std::string::npos);
}

TEST(Config, AFilesErrorNamesTheLineOfItsKey) {
  EXPECT_EQ(read_error("# first\nenv:\n  loops: 0.1\n  lops: 0.2\n"),
            "FILE:4: env.lops: unknown key, did you mean env.loops?");
  EXPECT_EQ(read_error("env:\n  loops: 2\n"), "FILE:2: env.loops: expected a number, 0 to 1, not 2");
  EXPECT_EQ(
      read_error("agent.ticks:\n\n  - 8\n  - 2\n"),
      "FILE:1: agent.ticks: expected a range [lo, hi], lo <= hi, or one whole number, 1 to 128, not [8, 2]");
  EXPECT_EQ(read_error("seed: 1\nagent.core:\n"), "FILE:2: agent.core: expected conv_mgu, not nothing");
}

TEST(Config, NestedAndDottedKeysAreTheSame) {
  Config nested, dotted;
  ASSERT_EQ(config_read_yaml(temporary_file("env: {loops: 0.3, blocks: 0.2}\n").c_str(), &nested), STATUS_OK);
  ASSERT_EQ(config_read_yaml(temporary_file("env.loops: 0.3\nenv.blocks: 0.2\n").c_str(), &dotted),
            STATUS_OK);
  EXPECT_EQ(nested.env_loops, 0.3);
  EXPECT_EQ(written(nested), written(dotted));
}

TEST(Config, TheSameKeyTwiceIsRefused) {
  EXPECT_EQ(read_error("env:\n  loops: 0.1\n  loops: 0.2\n"), "FILE:3:3: loops: the key stands here twice");
  EXPECT_EQ(read_error("env.loops: 0.1\nenv:\n  loops: 0.2\n"),
            "FILE:3: env.loops: the key stands here twice, dotted and nested");
  EXPECT_EQ(read_error("env: {}\nenv: {}\n"), "FILE:2:1: env: the key stands here twice");
}

TEST(Config, ASectionNeedsKeys) {
  EXPECT_EQ(read_error("env: 3\n"), "FILE:1: env: expected the keys of this section below it");
  EXPECT_EQ(read_error("env:\n"), "FILE:1: env: expected the keys of this section below it");
  EXPECT_EQ(read_error("- 1\n"), "FILE:1: expected keys with values, as in env.loops: 0.1, not [1]");
}

TEST(Config, WhatIsNoPlainYamlIsRefusedWithItsPlace) {
  EXPECT_EQ(read_error("env:\n  loops: [1\n"), "FILE:3:1: not YAML: did not find expected ',' or ']'");
  EXPECT_EQ(read_error(""), "FILE:1:1: there is nothing in it");
  EXPECT_EQ(read_error("# only this\n"), "FILE:2:1: there is nothing in it");
  EXPECT_NE(read_error("a: &x 1\nb: *x\n").find("FILE:1:4: anchors (&name)"), std::string::npos);
  EXPECT_NE(read_error("seed: *x\n").find("FILE:1:7: anchors (&name)"), std::string::npos);
  EXPECT_NE(read_error("seed: !!int 3\n").find("FILE:1:7: tags"), std::string::npos);
  EXPECT_NE(read_error("seed: 1\n---\nseed: 2\n").find("FILE:2:1: a second document"), std::string::npos);
  EXPECT_NE(read_error("seed: \"1\\0\"\n").find("zero byte"), std::string::npos);
  EXPECT_NE(read_error("[1]: 2\n").find("a key must be a plain word"), std::string::npos);
  EXPECT_NE(read_error("seed: \xff\xfe\n").find("not YAML"), std::string::npos);
  EXPECT_NE(read_error("seed:\t\x01\n").find("not YAML"), std::string::npos);
}

TEST(Config, AMissingFileIsAnInputError) {
  Config config;
  EXPECT_EQ(config_read_yaml("/no/such/file.yaml", &config), STATUS_IO);
  EXPECT_NE(std::string(status_message()).find("/no/such/file.yaml"), std::string::npos);
  EXPECT_NE(config_read_yaml(testing::TempDir().c_str(), &config), STATUS_OK);
}

TEST(Config, DepthAndSizeOfAFileAreBounded) {
  EXPECT_NE(read_error("a: " + std::string(16, '[') + std::string(16, ']')).find("nested more than 16"),
            std::string::npos);
  EXPECT_NE(read_error("a: " + std::string(500000, '[')).find("nested more than 16"), std::string::npos);
  EXPECT_NE(read_error("a: " + std::string(500000, '{')).find("a key must be a plain word"),
            std::string::npos);
  EXPECT_NE(read_error(std::string((1 << 20) + 1, ' ')).find("FILE"), std::string::npos);
  std::string many;
  for (int i = 0; i < 300; i++) many += "k" + std::to_string(i) + ": 1\n";
  EXPECT_NE(read_error(many).find("more than 256 keys"), std::string::npos);
  EXPECT_NE(read_error("a: [" + std::string(1000000, ',') + "]").find("FILE:1"), std::string::npos);
}

TEST(Config, WritingAndReadingBackGivesTheSameBytes) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 50; round++) {
    Config config = defaults();
    int count;
    const KeyInfo *keys = config_keys(&count);
    for (int i = 0; i < count; i++)
      ASSERT_EQ(config_set_text(&config, keys[i].name, random_value(keys[i], random).c_str(), "here"),
                STATUS_OK)
          << status_message();
    config.train_levels = config.train_shards;  // the one rule between knobs
    Config again;
    ASSERT_EQ(config_read_yaml(temporary_file(written(config)).c_str(), &again), STATUS_OK)
        << status_message();
    for (int i = 0; i < count; i++) EXPECT_EQ(text_of(config, keys[i].name), text_of(again, keys[i].name));
    EXPECT_EQ(config_fingerprint(&config), config_fingerprint(&again));
  }
}

TEST(Config, IsWrittenInSectionsWithRangesInBrackets) {
  const std::string text = written(defaults());
  EXPECT_EQ(text.rfind("seed: 1\nenv:\n  kind: maze\n  sizes: [5, 9]\n  loops: 0.1\n", 0), 0u) << text;
  EXPECT_NE(text.find("\nagent:\n  core: conv_mgu\n  thinks: per_level\n  channels: 16\n  weights: tied\n"
                      "  distance: hidden\n  ticks: [8, 24]\n"),
            std::string::npos)
      << text;
}

TEST(Config, RealsKeepEveryBitThroughTheirText) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponents(-300, 300);
  for (int i = 0; i < 20000; i++) {
    const double value = std::pow(10, exponents(random));
    char text[32];
    text_from_real(value, text, sizeof text);
    ASSERT_EQ(strtod(text, nullptr), value) << text;
    ASSERT_TRUE(strchr(text, 'e') == nullptr || strchr(text, '.') != nullptr) << text;
  }
  char text[32];
  text_from_real(0.1 + 0.2, text, sizeof text);
  EXPECT_STREQ(text, "0.30000000000000004");
}

// What each key does to shape and fingerprint follows from its scope alone.
TEST(Config, ShapeKeysSplitCohortsAndEvalKeysDoNotChangeTheFingerprint) {
  int count;
  const KeyInfo *keys = config_keys(&count);
  const Config base = defaults();
  for (int i = 0; i < count; i++) {
    Config other = defaults();
    char value[CONFIG_TEXT_BYTES];
    if (keys[i].type == KEY_CHOICE) {
      const char *const bar = strrchr(keys[i].choices, '|');
      if (!bar) continue;  // it has one name only
      snprintf(value, sizeof value, "%s", bar + 1);
    } else {
      text_from_real(keys[i].max, value, sizeof value);
      if (set(keys[i].name, value) == keys[i].default_text) text_from_real(keys[i].min, value, sizeof value);
    }
    ASSERT_EQ(config_set_text(&other, keys[i].name, value, "here"), STATUS_OK) << status_message();
    EXPECT_EQ(config_same_shape(&base, &other), keys[i].scope != KEY_SHAPE) << keys[i].name;
    EXPECT_EQ(config_fingerprint(&base) == config_fingerprint(&other), keys[i].scope == KEY_EVAL)
        << keys[i].name;
  }
}

TEST(Config, TheFingerprintOfTheDefaultsIsKnown) {
  const Config config = defaults();
  // Checkpoints carry it: if this changes, the key table changed and old checkpoints no longer match.
  EXPECT_EQ(config_fingerprint(&config), 11630514355737258321ULL);
}

TEST(Config, ShardsDivideLevels) {
  EXPECT_EQ(read_error("train: {levels: 64, shards: 3}"),
            "FILE: train.shards: 3 does not divide train.levels, 64");
  EXPECT_EQ(read_error("train: {levels: 63, shards: 3}"), "");
}

TEST(Config, CopiesOneKnobAndNoOther) {
  int count;
  const KeyInfo *keys = config_keys(&count);
  std::mt19937_64 random(3);
  for (int i = 0; i < count; i++) {
    Config from = defaults(), to = defaults();
    for (int j = 0; j < count; j++)
      ASSERT_EQ(config_set_text(&from, keys[j].name, random_value(keys[j], random).c_str(), "here"),
                STATUS_OK);
    config_copy_value(&to, &from, &keys[i]);
    for (int j = 0; j < count; j++)
      EXPECT_EQ(text_of(to, keys[j].name), i == j ? text_of(from, keys[j].name) : keys[j].default_text);
  }
}

TEST(Text, DistanceIsLevenshteins) {
  EXPECT_EQ(text_distance("kitten", "sitting"), 3);
  EXPECT_EQ(text_distance("", "abc"), 3);
  EXPECT_EQ(text_distance("abc", "abc"), 0);
  EXPECT_EQ(text_distance("flaw", "lawn"), 2);
}

TEST(Text, PrintableCutsAtWholeCharactersAndHidesControlBytes) {
  char buffer[12];
  EXPECT_STREQ(text_printable("a\nb\x1b[0m", buffer, sizeof buffer), "a?b?[0m");
  EXPECT_STREQ(text_printable("12345678901", buffer, sizeof buffer), "12345678901");
  EXPECT_STREQ(text_printable("123456789012", buffer, sizeof buffer), "12345678...");
  EXPECT_STREQ(text_printable("1234567\xe2\x80\x93\xe2\x80\x93", buffer, sizeof buffer), "1234567...");
}

// Random edits of a good file: whatever comes out, it is a config or a sentence. The sanitizers watch.
TEST(Config, SurvivesAnyBytes) {
  std::mt19937_64 random(11);
  const std::string good = written(defaults());
  const std::string alphabet = "[]{}:,-&*!|>'\"%@`#?\n\t ~.0123456789eabcdxyz\\\xc3\xa9\xff";
  for (int round = 0; round < 3000; round++) {
    std::string text = good;
    for (int edits = 1 + random() % 8; edits > 0; edits--) {
      const size_t at = random() % text.size();
      const size_t length = std::min<size_t>(1 + random() % 12, text.size() - at);
      if (random() % 3 == 0)
        text.erase(at, length);
      else if (random() % 2 == 0)
        text[at] = alphabet[random() % alphabet.size()];
      else
        text.insert(at, text.substr(random() % text.size(), length));
      if (text.empty()) text = "\n";
    }
    YamlValue *root;
    Config config = defaults();
    if (yaml_value_read_text(text.data(), text.size(), "fuzz", true, &root) != STATUS_OK) {
      EXPECT_EQ(root, nullptr);
      EXPECT_STRNE(status_message(), "");
      continue;
    }
    if (config_set_map(&config, root, "fuzz") == STATUS_OK) (void)config_fingerprint(&config);
    yaml_value_free(root);
  }
}

}  // namespace

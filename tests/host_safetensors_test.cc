// Checks that tensors come back bit for bit, and that no damaged or foreign byte is ever believed.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "host/files.h"
#include "host/safetensors.h"

namespace {

using Bytes = std::string;

const float floats[6] = {0, -0.0f, 1.5f, 1e-45f, 3.4028235e38f, -2};
const double doubles[2] = {1.0 / 3, -1e300};
const uint32_t words[3] = {1, 2, 0xffffffffu};
const uint64_t longs[1] = {0x123456789abcdef0ull};

Status Add(TensorFile *file, const char *name, Dtype dtype, std::vector<int64_t> shape, const void *data) {
  return safetensors_add(file, name, dtype, static_cast<int>(shape.size()), shape.data(), data);
}

// One of everything; with `backwards`, added in the other order.
TensorFile Example(bool backwards = false) {
  TensorFile file = {};
  for (int i = 0; i < 5; ++i) switch (backwards ? 4 - i : i) {
      case 0:
        EXPECT_EQ(Add(&file, "core/weight", DTYPE_F32, {2, 3}, floats), STATUS_OK);
        break;
      case 1:
        EXPECT_EQ(Add(&file, "counter", DTYPE_U64, {}, longs), STATUS_OK);
        break;
      case 2:
        EXPECT_EQ(Add(&file, "words", DTYPE_U32, {1, 1, 3, 1}, words), STATUS_OK);
        EXPECT_EQ(safetensors_note(&file, "update", "150"), STATUS_OK);
        break;
      case 3:
        EXPECT_EQ(Add(&file, "empty", DTYPE_F32, {0, 7}, nullptr), STATUS_OK);
        EXPECT_EQ(safetensors_note(&file, "config", "agent:\n  ticks: [8, 24]\t\"\\ é"), STATUS_OK);
        break;
      default:
        EXPECT_EQ(Add(&file, "doubles", DTYPE_F64, {2}, doubles), STATUS_OK);
    }
  return file;
}

Bytes Encode(const TensorFile &file) {
  void *bytes = nullptr;
  size_t size = 0;
  EXPECT_EQ(safetensors_encode(&file, &bytes, &size), STATUS_OK) << status_message();
  const Bytes result(static_cast<char *>(bytes), size);
  free(bytes);
  return result;
}

Bytes ExampleBytes() {
  TensorFile file = Example();
  const Bytes bytes = Encode(file);
  safetensors_free(&file);
  return bytes;
}

// Decodes from a heap block of just this size, so that the address sanitizer sees any byte read beyond.
Status Decode(const Bytes &bytes, TensorFile *file, bool foreign = false) {
  const std::vector<char> exact(bytes.begin(), bytes.end());
  return (foreign ? safetensors_decode_foreign : safetensors_decode)(exact.data(), exact.size(),
                                                                     "x.safetensors", file);
}

// A foreign file of this header, unpadded, and this much data.
Bytes Foreign(const std::string &header, size_t data_bytes) {
  const uint64_t length = header.size();
  Bytes bytes(reinterpret_cast<const char *>(&length), sizeof length);
  return bytes + header + Bytes(data_bytes, '\0');
}

// ---- Round trips ----

TEST(Safetensors, ComesBackBitForBit) {
  TensorFile file;
  ASSERT_EQ(Decode(ExampleBytes(), &file), STATUS_OK) << status_message();
  ASSERT_EQ(file.count, 5);
  const struct {
    const char *name;
    Dtype dtype;
    std::vector<int64_t> shape;
    const void *data;
    size_t bytes;
  } expected[] = {{"core/weight", DTYPE_F32, {2, 3}, floats, sizeof floats},
                  {"counter", DTYPE_U64, {}, longs, sizeof longs},
                  {"words", DTYPE_U32, {1, 1, 3, 1}, words, sizeof words},
                  {"empty", DTYPE_F32, {0, 7}, nullptr, 0},
                  {"doubles", DTYPE_F64, {2}, doubles, sizeof doubles}};
  for (const auto &one : expected) {
    const Tensor *tensor;
    ASSERT_EQ(safetensors_require(&file, one.name, one.dtype, static_cast<int>(one.shape.size()),
                                  one.shape.data(), &tensor),
              STATUS_OK)
        << status_message();
    EXPECT_TRUE(one.bytes == 0 || memcmp(tensor->data, one.data, one.bytes) == 0) << one.name;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor->data) % 64, 0u);
    EXPECT_EQ(safetensors_elements(tensor) * safetensors_dtype_bytes(one.dtype), one.bytes);
  }
  EXPECT_STREQ(safetensors_find_note(&file, "config"), "agent:\n  ticks: [8, 24]\t\"\\ é");
  EXPECT_STREQ(safetensors_find_note(&file, "update"), "150");
  EXPECT_EQ(safetensors_find_note(&file, "checksum"), nullptr);
  safetensors_free(&file);
}

TEST(Safetensors, BytesDependOnTheContentAlone) {
  TensorFile file = Example(true), back;
  const Bytes bytes = Encode(file);
  EXPECT_EQ(bytes, ExampleBytes());
  ASSERT_EQ(Decode(bytes, &back), STATUS_OK);
  EXPECT_EQ(Encode(back), bytes);
  safetensors_free(&file);
  safetensors_free(&back);
}

// Else numbers of 8 bytes could begin at odd multiples of 4, which readers that map the file cannot use.
TEST(Safetensors, WiderNumbersComeFirstInTheFile) {
  TensorFile file = {};
  ASSERT_EQ(Add(&file, "a", DTYPE_U32, {3}, words), STATUS_OK);
  ASSERT_EQ(Add(&file, "b", DTYPE_F64, {2}, doubles), STATUS_OK);
  const Bytes bytes = Encode(file);
  safetensors_free(&file);
  EXPECT_NE(bytes.find("\"shape\":[2],\"data_offsets\":[0,16]"), Bytes::npos) << bytes;
  EXPECT_NE(bytes.find("\"shape\":[3],\"data_offsets\":[16,28]"), Bytes::npos) << bytes;
}

// Pins the layout: a file of today must be readable tomorrow.
TEST(Safetensors, SmallestFilesAreTheExpectedBytes) {
  TensorFile file = {};
  ASSERT_EQ(Add(&file, "w", DTYPE_F32, {1}, floats + 2), STATUS_OK);
  const Bytes bytes = Encode(file);
  safetensors_free(&file);
  EXPECT_EQ(bytes.substr(8, bytes.size() - 12),
            "{\"__metadata__\":{\"checksum\":\"" + bytes.substr(37, 32) +
                "\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}   ");
  EXPECT_EQ(bytes.substr(37, 32), "a16df5e753c70017c4246936518d91fa");  // xxhsum -H2 agrees
  EXPECT_EQ(bytes.size() % 8, 4u);
}

TEST(Safetensors, EmptyTableComesBack) {
  TensorFile file = {}, back;
  ASSERT_EQ(Decode(Encode(file), &back), STATUS_OK) << status_message();
  EXPECT_EQ(back.count, 0);
  safetensors_free(&back);
}

TEST(Safetensors, SavesAndLoadsAndKeepsThePreviousFile) {
  std::string pattern = (std::filesystem::temp_directory_path() / "safetensors_test.XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const std::string path = pattern + "/c.safetensors";
  TensorFile file = Example(), back;
  ASSERT_EQ(safetensors_save(path.c_str(), &file, true), STATUS_OK) << status_message();
  ASSERT_EQ(safetensors_save(path.c_str(), &file, true), STATUS_OK) << status_message();
  for (const char *name : {"/c.safetensors", "/c.previous.safetensors"}) {
    ASSERT_EQ(safetensors_load((pattern + name).c_str(), &back), STATUS_OK) << status_message();
    EXPECT_EQ(Encode(back), Encode(file));
    safetensors_free(&back);
  }
  EXPECT_EQ(safetensors_load((pattern + "/missing").c_str(), &back), STATUS_IO);
  safetensors_free(&file);
  std::filesystem::remove_all(pattern);
}

// ---- Damage ----

TEST(Safetensors, AnyChangedByteIsNoticed) {
  const Bytes good = ExampleBytes();
  for (size_t i = 0; i < good.size(); ++i)
    for (int pattern : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff}) {
      Bytes bad = good;
      bad[i] = static_cast<char>(bad[i] ^ pattern);
      TensorFile file;
      ASSERT_EQ(Decode(bad, &file), STATUS_DATA) << i << " " << pattern;
      ASSERT_EQ(strncmp(status_message(), "x.safetensors: ", 15), 0) << status_message();
      ASSERT_EQ(file.tensors, nullptr);
      if (Decode(bad, &file, true) == STATUS_OK) safetensors_free(&file);  // may pass, must not crash
    }
}

TEST(Safetensors, AnyTruncationIsNoticed) {
  const Bytes good = ExampleBytes();
  for (size_t size = 0; size < good.size(); ++size) {
    TensorFile file;
    ASSERT_EQ(Decode(good.substr(0, size), &file), STATUS_DATA) << size;
    ASSERT_EQ(Decode(good.substr(0, size), &file, true), STATUS_DATA) << size;
  }
}

TEST(Safetensors, AnyAppendedByteIsNoticed) {
  const Bytes good = ExampleBytes();
  for (int byte = 0; byte < 256; ++byte) {
    TensorFile file;
    ASSERT_EQ(Decode(good + static_cast<char>(byte), &file), STATUS_DATA) << byte;
  }
}

// Not a proof, as a fuzzer gives, but it runs in every test: headers made of pieces in any order never crash.
TEST(Safetensors, RandomHeadersNeverCrash) {
  const char *const pieces[] = {"{",
                                "}",
                                "[",
                                "]",
                                ",",
                                ":",
                                "\"a\"",
                                "\"dtype\"",
                                "\"F32\"",
                                "\"shape\"",
                                "\"data_offsets\"",
                                "0",
                                "4",
                                "-1",
                                "9223372036854775807",
                                "1e99",
                                "null",
                                "\"__metadata__\"",
                                "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}"};
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string header = "{\"a\":{\"dtype\":\"F32\"";
    for (uint32_t n = random() % 12; n > 0; --n) header += pieces[random() % std::size(pieces)];
    TensorFile file;
    if (Decode(Foreign(header, random() % 9), &file, true) == STATUS_OK) safetensors_free(&file);
  }
}

// ---- Files of others ----

TEST(Safetensors, ForeignFilesAreReadOnlyWhenAllowed) {
  // As the reference writer does it: no metadata, tensors in any order of names.
  const Bytes bytes = Foreign(
      "{\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[4,12]},"
      "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}   ",
      12);
  TensorFile file;
  EXPECT_EQ(Decode(bytes, &file), STATUS_DATA);
  EXPECT_STREQ(status_message(),
               "x.safetensors: damaged, or written by another program: it does not begin with our checksum");
  ASSERT_EQ(Decode(bytes, &file, true), STATUS_OK) << status_message();
  EXPECT_EQ(file.count, 2);
  EXPECT_NE(safetensors_find(&file, "b"), nullptr);
  safetensors_free(&file);
}

TEST(Safetensors, SaysWhatIsWrongWithAHeader) {
  const struct {
    const char *header, *complaint;
    size_t data;
  } cases[] = {
      {"{", "not JSON", 0},
      {"[]", "not a table", 0},
      {"{\"__metadata__\":1}", "metadata is not a table", 0},
      {"{\"__metadata__\":{\"a\":1}}", "\"a\" is not text", 0},
      {"{\"a\":1}", "exactly dtype", 0},
      {"{\"a\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[0,2]}}", "only F32", 2},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}", "up to 4 integers", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", "up to 4 integers", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "cannot be", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", "cannot be",
       4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "disagree in size", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "outside the file", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[5,5]}}", "outside the file", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", "outside the file", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "outside the file", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
       "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
       "overlaps", 4},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}", "gap", 5},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "belong to no tensor", 5},
      {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
       "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
       "duplicate", 8},
      {"{\"a b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "cannot name", 4},
  };
  for (const auto &one : cases) {
    TensorFile file;
    EXPECT_EQ(Decode(Foreign(one.header, one.data), &file, true), STATUS_DATA) << one.header;
    EXPECT_NE(strstr(status_message(), one.complaint), nullptr) << one.header << ": " << status_message();
  }
}

TEST(Safetensors, HeaderLongerThanTheFileIsRefused) {
  for (uint64_t length : {uint64_t{3}, uint64_t{100000001}, UINT64_MAX, UINT64_MAX - 7}) {
    Bytes bytes(reinterpret_cast<const char *>(&length), sizeof length);
    TensorFile file;
    EXPECT_EQ(Decode(bytes + "{}", &file, true), STATUS_DATA) << length;
  }
}

// ---- The table ----

TEST(Safetensors, NotesAreAnyUtf8AndNothingElse) {
  TensorFile file = {}, back;
  const char *const good =
      "\x7f \xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf";
  ASSERT_EQ(safetensors_note(&file, "good", good), STATUS_OK);
  ASSERT_EQ(Decode(Encode(file), &back), STATUS_OK) << status_message();
  EXPECT_STREQ(safetensors_find_note(&back, "good"), good);
  for (const char *bad : {"\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe1\x80",
                          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
    EXPECT_EQ(safetensors_note(&file, "bad", bad), STATUS_USAGE) << bad;
  safetensors_free(&file);
  safetensors_free(&back);
}

TEST(Safetensors, RequireSaysWhatItFoundAndWhatItWanted) {
  TensorFile file = Example();
  const int64_t any[] = {-1, 3}, wrong[] = {-1, 4};
  const Tensor *tensor;
  EXPECT_EQ(safetensors_require(&file, "core/weight", DTYPE_F32, 2, any, &tensor), STATUS_OK);
  EXPECT_EQ(tensor->shape[0], 2);
  EXPECT_EQ(safetensors_require(&file, "core/weight", DTYPE_F64, 2, wrong, &tensor), STATUS_DATA);
  EXPECT_STREQ(status_message(),
               "tensors in memory: tensor \"core/weight\" is F32 (2, 3), not F64 (any, 4) as expected");
  EXPECT_EQ(safetensors_require(&file, "core/weight", DTYPE_F32, 1, any, &tensor), STATUS_DATA);
  EXPECT_EQ(safetensors_require(&file, "bias", DTYPE_F32, 1, any, &tensor), STATUS_DATA);
  EXPECT_STREQ(status_message(), "tensors in memory: there is no tensor \"bias\"");
  EXPECT_EQ(tensor, nullptr);
  safetensors_free(&file);
}

TEST(Safetensors, RefusesWhatCouldNotBeReadBack) {
  TensorFile file = Example();
  const std::string long_name(64, 'x');
  for (const char *name : {"", "words", "a\"b", "__metadata__", long_name.c_str()})
    EXPECT_EQ(Add(&file, name, DTYPE_F32, {1}, floats), STATUS_USAGE) << name;
  EXPECT_EQ(Add(&file, "rank", DTYPE_F32, {1, 1, 1, 1, 1}, floats), STATUS_USAGE);
  EXPECT_EQ(Add(&file, "negative", DTYPE_F32, {-1}, floats), STATUS_USAGE);
  EXPECT_EQ(Add(&file, "huge", DTYPE_F32, {INT64_MAX, 2}, floats), STATUS_USAGE);
  EXPECT_EQ(Add(&file, "nothing", DTYPE_F32, {1}, nullptr), STATUS_USAGE);
  for (const char *key : {"checksum", "update", "\xff"})
    EXPECT_EQ(safetensors_note(&file, key, "x"), STATUS_USAGE) << key;
  EXPECT_EQ(safetensors_note(&file, "x", "\xc3"), STATUS_USAGE);
  EXPECT_EQ(Encode(file), ExampleBytes());  // nothing of it stuck
  safetensors_free(&file);
}

}  // namespace

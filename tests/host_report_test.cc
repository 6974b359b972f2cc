// The pages' files: one page that holds its data whatever stands in it, and that appears whole or not at
// all.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "host/report/report.h"

namespace {

// A folder of its own for each test, removed with what is in it.
class Report : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/mesagrid_report_XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder = name;
    path = folder + "/report.html";
  }
  void TearDown() override {
    unlink(path.c_str());
    rmdir(folder.c_str());
  }
  std::string folder, path;
};

bool exists(const std::string &path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

std::string read_all(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The text of the data element, as a browser's parser delimits it.
std::string data_element(const std::string &page) {
  const std::string opening = "<script type=\"application/json\" id=\"data\">";
  const size_t begin = page.find(opening);
  if (begin == std::string::npos) return "";
  const size_t from = begin + opening.size();
  return page.substr(from, page.find("</script", from) - from);
}

size_t count(const std::string &text, const std::string &part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) found++;
  return found;
}

TEST_F(Report, HoldsTheDataItWasGiven) {
  json_t *data = json_pack("{s:s, s:[f, f, n], s:[{s:i}]}", "name", "quickstart", "shares", 0.8712, 1.0,
                           "trials", "env_steps", 6400000);
  ASSERT_EQ(report_write(path.c_str(), data), STATUS_OK) << status_message();
  const std::string element = data_element(read_all(path));
  json_t *read = json_loads(element.c_str(), 0, nullptr);
  EXPECT_TRUE(json_equal(data, read)) << element;
  EXPECT_NE(element.find("0.8712,"), std::string::npos) << "a rate of four digits stays one: " << element;
  json_decref(read);
  json_decref(data);
}

TEST_F(Report, NoStringEndsItsScript) {
  const char *hostile = "</script><script>alert(1)</script><!-- <script";
  json_t *harmless = json_pack("{s:s}", "name", "x"), *data = json_pack("{s:s}", "name", hostile);
  ASSERT_EQ(report_write(path.c_str(), harmless), STATUS_OK);
  const std::string before = read_all(path);
  ASSERT_EQ(report_write(path.c_str(), data), STATUS_OK);
  const std::string page = read_all(path);
  for (const char *mark : {"<script", "</script", "<!--"})
    EXPECT_EQ(count(page, mark), count(before, mark)) << mark;
  json_t *read = json_loads(data_element(page).c_str(), 0, nullptr);
  ASSERT_NE(read, nullptr);
  EXPECT_STREQ(json_string_value(json_object_get(read, "name")), hostile);
  json_decref(read);
  json_decref(data);
  json_decref(harmless);
}

TEST_F(Report, IsOnePageWithEveryPieceInOrder) {
  json_t *data = json_object();
  ASSERT_EQ(report_write(path.c_str(), data), STATUS_OK);
  const std::string page = read_all(path);
  EXPECT_EQ(page.rfind("<!doctype html>", 0), 0u);
  size_t at = 0;
  for (const char *piece :
       {"<style>", "</style>", "<title>", "d3js.org v5", "id=\"data\"", "drawFindings", "</html>"}) {
    const size_t next = page.find(piece, at);
    ASSERT_NE(next, std::string::npos) << piece;
    at = next;
  }
  for (const char *outside : {"<link", "<script src", "<img", "@import", "<iframe"})
    EXPECT_EQ(count(page, outside), 0u) << outside;
  json_decref(data);
}

TEST_F(Report, OfTheSameDataIsTheSameFile) {
  json_t *data = json_pack("{s:s, s:f}", "name", "x", "share", 0.1);
  ASSERT_EQ(report_write(path.c_str(), data), STATUS_OK);
  const std::string first = read_all(path);
  ASSERT_EQ(report_write(path.c_str(), data), STATUS_OK);
  EXPECT_EQ(read_all(path), first);
  json_decref(data);
}

TEST_F(Report, AFailureNamesThePlaceAndLeavesNoFile) {
  json_t *data = json_object();
  const std::string nowhere = folder + "/none/report.html";
  EXPECT_EQ(report_write(nowhere.c_str(), data), STATUS_IO);
  EXPECT_NE(std::string(status_message()).find(nowhere), std::string::npos) << status_message();
  EXPECT_EQ(report_write(path.c_str(), nullptr), STATUS_IO) << "no data, no report";
  EXPECT_FALSE(exists(path));
  EXPECT_FALSE(exists(path + ".part"));
  json_decref(data);
}

TEST_F(Report, AFailureKeepsTheReportThatWasThere) {
  json_t *data = json_object();
  ASSERT_EQ(report_write(path.c_str(), data), STATUS_OK);
  const std::string before = read_all(path);
  EXPECT_EQ(report_write(path.c_str(), nullptr), STATUS_IO);
  EXPECT_EQ(read_all(path), before);
  json_decref(data);
}

// ---- The page of an agent ----

TEST_F(Report, OfAnAgentHoldsItsDataAndItsOwnScripts) {
  json_t *probe =
      json_pack("{s:s, s:f, s:n, s:{s:n}}", "label", "search", "S", .65, "extras", "families", "causation");
  ASSERT_EQ(report_write_agent(path.c_str(), probe), STATUS_OK) << status_message();
  const std::string page = read_all(path);
  json_t *read = json_loads(data_element(page).c_str(), 0, nullptr);
  EXPECT_TRUE(json_equal(probe, read)) << data_element(page);
  EXPECT_EQ(page.rfind("<!doctype html>", 0), 0u);
  for (const char *own :
       {"id=\"profile\"", "function drawVerdict", "function drawEdits", "function lineChart"})
    EXPECT_EQ(count(page, own), 1u) << own;
  for (const char *others :
       {"id=\"likelihood\"", "function drawFindings", "<link", "<script src", "<img", "@import"})
    EXPECT_EQ(count(page, others), 0u) << others;
  json_decref(read);
  json_decref(probe);
}

TEST_F(Report, OfAnAgentIsNotEndedByAString) {
  const char *hostile = "</script><script>alert(1)</script><!-- <script";
  json_t *harmless = json_pack("{s:s}", "reason", "x"), *probe = json_pack("{s:s}", "reason", hostile);
  ASSERT_EQ(report_write_agent(path.c_str(), harmless), STATUS_OK);
  const std::string before = read_all(path);
  ASSERT_EQ(report_write_agent(path.c_str(), probe), STATUS_OK);
  const std::string page = read_all(path);
  for (const char *mark : {"<script", "</script", "<!--"})
    EXPECT_EQ(count(page, mark), count(before, mark)) << mark;
  json_t *read = json_loads(data_element(page).c_str(), 0, nullptr);
  EXPECT_STREQ(json_string_value(json_object_get(read, "reason")), hostile);
  json_decref(read);
  json_decref(probe);
  json_decref(harmless);
}

TEST_F(Report, OfAnAgentAppearsWholeOrNotAtAll) {
  json_t *probe = json_object();
  const std::string nowhere = folder + "/none/probe.html";
  EXPECT_EQ(report_write_agent(nowhere.c_str(), probe), STATUS_IO);
  EXPECT_NE(std::string(status_message()).find(nowhere), std::string::npos) << status_message();
  ASSERT_EQ(report_write_agent(path.c_str(), probe), STATUS_OK) << "of nothing but nulls there is a page too";
  const std::string before = read_all(path);
  EXPECT_EQ(report_write_agent(path.c_str(), nullptr), STATUS_IO);
  EXPECT_EQ(read_all(path), before);
  EXPECT_FALSE(exists(path + ".part"));
  json_decref(probe);
}

}  // namespace

// Checks that a good file is there after any failing system call, any kill, and beside any second process.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "host/files.h"
#include "host/system_call.h"

namespace {

namespace fs = std::filesystem;

class FilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "files_test.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    path_ = directory_ + "/checkpoint.safetensors";
    previous_ = directory_ + "/checkpoint.previous.safetensors";
  }
  void TearDown() override {
    system_call_fail_after(0, 0, false);
    fs::remove_all(directory_);
  }

  static std::string Content(const std::string &path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  Status Write(const std::string &text, bool keep_previous) const {
    return files_write_atomic(path_.c_str(), text.data(), text.size(), keep_previous);
  }
  int Temporaries() const {
    int count = 0;
    for (const auto &entry : fs::directory_iterator(directory_)) count += entry.path().extension() == ".tmp";
    return count;
  }

  // Writes "new" over "old" with a fault, checks what is there, and that "newest" can be written without one.
  Status WriteWithFault(int call, int error, bool stays, bool keep) const {
    fs::remove(previous_);
    EXPECT_EQ(Write("old", keep), STATUS_OK);
    system_call_fail_after(call, error, stays);
    const Status status = Write("new", keep);
    system_call_fail_after(0, 0, false);
    CheckAfterFault(status, error == EPERM, keep);
    EXPECT_TRUE(stays || Temporaries() == 0);
    EXPECT_EQ(Write("newest", keep), STATUS_OK) << status_message();
    EXPECT_EQ(Content(path_), "newest");
    EXPECT_EQ(Temporaries(), 0);
    return status;
  }
  // Without hard links (EPERM) a failure may leave the old file under its second name only.
  void CheckAfterFault(Status status, bool no_links, bool keep) const {
    const std::string now = Content(path_), kept = Content(previous_);
    const bool moved = no_links && now.empty() && kept == "old";
    EXPECT_TRUE(now == "new" || moved || (now == "old" && status != STATUS_OK)) << now;
    EXPECT_TRUE(!keep || now != "new" || kept == "old") << kept;
  }

  std::string directory_, path_, previous_;
};

// ---- Atomic writes ----

TEST_F(FilesTest, WritesAndReadsBack) {
  const std::string text("a\0b", 3);
  ASSERT_EQ(Write(text, false), STATUS_OK) << status_message();
  void *bytes;
  size_t size;
  ASSERT_EQ(files_read(path_.c_str(), &bytes, &size, 3), STATUS_OK) << status_message();
  EXPECT_EQ(std::string(static_cast<char *>(bytes), size), text);
  EXPECT_EQ(static_cast<char *>(bytes)[size], '\0');
  free(bytes);
  EXPECT_EQ(Temporaries(), 0);
  EXPECT_FALSE(files_exists(previous_.c_str()));
}

TEST_F(FilesTest, KeepsThePreviousFileOnlyWhenAsked) {
  ASSERT_EQ(Write("one", true), STATUS_OK);
  EXPECT_FALSE(files_exists(previous_.c_str()));
  ASSERT_EQ(Write("two", true), STATUS_OK);
  EXPECT_EQ(Content(previous_), "one");
  ASSERT_EQ(Write("three", true), STATUS_OK);
  EXPECT_EQ(Content(previous_), "two");
  ASSERT_EQ(Write("four", false), STATUS_OK);
  EXPECT_EQ(Content(previous_), "two");
  EXPECT_EQ(Content(path_), "four");
  EXPECT_EQ(Temporaries(), 0);
}

TEST_F(FilesTest, NamesThePreviousFileBeforeTheExtension) {
  char previous[FILES_PATH_BYTES];
  const struct {
    const char *path, *previous;
  } cases[] = {{"a.b/c.json", "a.b/c.previous.json"},
               {"a.b/c", "a.b/c.previous"},
               {"x.tar.gz", "x.tar.previous.gz"},
               {".hidden", ".hidden.previous"}};
  for (const auto &one : cases) {
    ASSERT_EQ(files_previous_path(one.path, previous), STATUS_OK);
    EXPECT_STREQ(previous, one.previous);
  }
}

TEST_F(FilesTest, WritesIntoTheCurrentDirectory) {
  const fs::path before = fs::current_path();
  fs::current_path(directory_);
  EXPECT_EQ(files_write_atomic("bare", "x", 1, true), STATUS_OK);
  fs::current_path(before);
  EXPECT_EQ(Content(directory_ + "/bare"), "x");
}

TEST_F(FilesTest, FailureNamesThePathAndTheCause) {
  const std::string path = directory_ + "/missing/x";
  EXPECT_EQ(files_write_atomic(path.c_str(), "x", 1, false), STATUS_IO);
  EXPECT_EQ("cannot write " + path + ": No such file or directory", status_message());
  EXPECT_EQ(files_write_atomic((directory_ + "/").c_str(), "x", 1, false), STATUS_USAGE);
  const std::string long_name = directory_ + "/" + std::string(250, 'x');  // no room for the temporary's name
  EXPECT_EQ(files_write_atomic(long_name.c_str(), "x", 1, false), STATUS_USAGE);
}

// The core of the promise. Each system call of a write fails in turn, alone or with all that follow, with
// each kind of error; in between a good file is always there, and the next write leaves nothing behind.
TEST_F(FilesTest, AnySystemCallOfAWriteMayFail) {
  for (int error : {ENOSPC, EIO, EPERM})
    for (bool stays : {false, true})
      for (bool keep : {false, true}) {
        int failures = 0;
        for (int call = 1; call < 20; ++call) {
          SCOPED_TRACE(testing::Message() << strerror(error) << stays << keep << call);
          failures += WriteWithFault(call, error, stays, keep) != STATUS_OK;
          if (HasFatalFailure()) return;
        }
        // Open directory, open, write, fsync, rename, fsync directory; four more keep the old file, of which
        // link() may fail for once on a file system without hard links.
        EXPECT_EQ(failures, !keep ? 6 : error == EPERM && !stays ? 9 : 10);
      }
}

TEST_F(FilesTest, KeepsThePreviousFileWithoutHardLinks) {
  ASSERT_EQ(Write("old", true), STATUS_OK);
  // Calls: open directory, open, write, fsync, unlink, link.
  system_call_fail_after(6, EPERM, false);
  ASSERT_EQ(Write("new", true), STATUS_OK) << status_message();
  EXPECT_EQ(Content(path_), "new");
  EXPECT_EQ(Content(previous_), "old");
}

// A kill after the old file got its second name and before the new one got its first.
TEST_F(FilesTest, GoesOnFromTwoNamesOfOneFile) {
  ASSERT_EQ(Write("one", true), STATUS_OK);
  fs::create_hard_link(path_, previous_);
  ASSERT_EQ(Write("two", true), STATUS_OK) << status_message();
  EXPECT_EQ(Content(path_), "two");
  EXPECT_EQ(Content(previous_), "one");
  EXPECT_EQ(Temporaries(), 0);
}

TEST_F(FilesTest, ADamagedFileSetAsideDoesNotBecomeThePreviousOne) {
  ASSERT_EQ(Write("good", true), STATUS_OK);
  ASSERT_EQ(Write("damaged", true), STATUS_OK);
  ASSERT_EQ(files_set_aside(path_.c_str()), STATUS_OK) << status_message();
  ASSERT_EQ(Write("newer", true), STATUS_OK);
  EXPECT_EQ(Content(previous_), "good");
  EXPECT_EQ(Content(path_ + ".damaged"), "damaged");
  EXPECT_EQ(Content(path_), "newer");
}

TEST_F(FilesTest, KilledAtAnyMomentLeavesWholeFiles) {
  const std::string texts[] = {std::string(300000, 'a'), std::string(500000, 'b')};
  const auto is_whole = [&](const std::string &text) { return text == texts[0] || text == texts[1]; };
  ASSERT_EQ(Write(texts[0], true), STATUS_OK);
  ASSERT_EQ(Write(texts[1], true), STATUS_OK);
  for (int kill_number = 0; kill_number < 40; ++kill_number) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
      for (int i = 0;; ++i) (void)Write(texts[i % 2], true);
    usleep(static_cast<useconds_t>(1000 + 397 * kill_number));
    kill(child, SIGKILL);
    int how;
    ASSERT_EQ(waitpid(child, &how, 0), child);
    ASSERT_TRUE(is_whole(Content(path_))) << kill_number;
    ASSERT_TRUE(is_whole(Content(previous_))) << kill_number;
    ASSERT_EQ(files_remove_stale_temporaries(directory_.c_str()), STATUS_OK) << status_message();
    ASSERT_EQ(Temporaries(), 0);
  }
}

// ---- Reads ----

TEST_F(FilesTest, ReadRefusesMoreThanTheLimit) {
  ASSERT_EQ(Write(std::string(200000, 'x'), false), STATUS_OK);
  void *bytes;
  size_t size;
  ASSERT_EQ(files_read(path_.c_str(), &bytes, &size, 200000), STATUS_OK);
  EXPECT_EQ(size, 200000u);
  free(bytes);
  EXPECT_EQ(files_read(path_.c_str(), &bytes, &size, 199999), STATUS_DATA);
  EXPECT_EQ(bytes, nullptr);
  EXPECT_EQ(size, 0u);
}

TEST_F(FilesTest, ReadNamesWhatIsMissingAndWhatIsNoFile) {
  void *bytes;
  size_t size;
  EXPECT_EQ(files_read(path_.c_str(), &bytes, &size, 10), STATUS_IO);
  EXPECT_EQ("cannot read " + path_ + ": No such file or directory", status_message());
  EXPECT_EQ(files_read(directory_.c_str(), &bytes, &size, 10), STATUS_IO);
  EXPECT_EQ("cannot read " + directory_ + ": Is a directory", status_message());
}

TEST_F(FilesTest, AnySystemCallOfAReadMayFail) {
  ASSERT_EQ(Write("text", false), STATUS_OK);
  for (int call = 1; call <= 3; ++call) {
    void *bytes;
    size_t size;
    system_call_fail_after(call, EIO, false);
    EXPECT_EQ(files_read(path_.c_str(), &bytes, &size, 10), STATUS_IO) << call;
    EXPECT_EQ(bytes, nullptr);
  }
}

TEST_F(FilesTest, ReadsPipes) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "piped", 5), 5);
  close(ends[1]);
  void *bytes;
  size_t size;
  const std::string path = "/dev/fd/" + std::to_string(ends[0]);
  ASSERT_EQ(files_read(path.c_str(), &bytes, &size, 100), STATUS_OK) << status_message();
  EXPECT_STREQ(static_cast<char *>(bytes), "piped");
  free(bytes);
  close(ends[0]);
}

// ---- Directories ----

TEST_F(FilesTest, MakesDirectoriesOnceAndAgain) {
  const std::string deep = directory_ + "/a/b//c/";
  EXPECT_EQ(files_make_directories(deep.c_str()), STATUS_OK) << status_message();
  EXPECT_EQ(files_make_directories(deep.c_str()), STATUS_OK) << status_message();
  EXPECT_TRUE(fs::is_directory(deep));
}

TEST_F(FilesTest, DoesNotTakeAFileForADirectory) {
  ASSERT_EQ(Write("x", false), STATUS_OK);
  EXPECT_EQ(files_make_directories(path_.c_str()), STATUS_IO);
  EXPECT_EQ("cannot make the directory " + path_ + ": Not a directory", status_message());
  EXPECT_EQ(files_make_directories((path_ + "/below").c_str()), STATUS_IO);
}

TEST_F(FilesTest, RemovesOnlyItsOwnStaleTemporaries) {
  const char *const foreign[] = {"notes.tmp", ".notes.tmp", "x.mesagrid.tmp", "result.json"};
  for (const char *name : foreign) std::ofstream(directory_ + "/" + name) << "x";
  std::ofstream(directory_ + "/.checkpoint.safetensors.0123456789abcdef.mesagrid.tmp") << "x";
  ASSERT_EQ(files_remove_stale_temporaries(directory_.c_str()), STATUS_OK) << status_message();
  for (const char *name : foreign) EXPECT_TRUE(files_exists((directory_ + "/" + name).c_str())) << name;
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 4);
}

// ---- The lock ----

// Runs `lock` in a child that then waits to be killed; returns once the child holds the directory.
pid_t ChildThatLocks(const std::string &directory) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    FilesLock lock;
    const char answer = files_lock(directory.c_str(), &lock) == STATUS_OK ? 'y' : 'n';
    if (write(ends[1], &answer, 1) == 1) pause();
    _exit(1);
  }
  char answer = 'n';
  const ssize_t got = read(ends[0], &answer, 1);
  close(ends[0]);
  close(ends[1]);
  return got == 1 && answer == 'y' ? child : -1;
}

TEST_F(FilesTest, LockNamesTheProcessThatHoldsItAndDiesWithIt) {
  const pid_t child = ChildThatLocks(directory_);
  ASSERT_GT(child, 0);
  FilesLock lock;
  EXPECT_EQ(files_lock(directory_.c_str(), &lock), STATUS_USAGE);
  EXPECT_EQ(lock.descriptor, -1);
  const std::string expected = directory_ + " is in use by process " + std::to_string(child) + " on ";
  EXPECT_EQ(std::string(status_message()).substr(0, expected.size()), expected);
  kill(child, SIGKILL);
  int how;
  waitpid(child, &how, 0);
  EXPECT_EQ(files_lock(directory_.c_str(), &lock), STATUS_OK) << status_message();
  files_unlock(&lock);
}

TEST_F(FilesTest, ReleasedLockCanBeTakenAgain) {
  FilesLock lock;
  ASSERT_EQ(files_lock(directory_.c_str(), &lock), STATUS_OK);
  files_unlock(&lock);
  files_unlock(&lock);  // twice harms nobody
  EXPECT_EQ(Content(directory_ + "/.lock"), "");
  const pid_t child = ChildThatLocks(directory_);
  ASSERT_GT(child, 0);
  kill(child, SIGKILL);
  int how;
  waitpid(child, &how, 0);
}

TEST_F(FilesTest, LockSaysWhyItCannot) {
  FilesLock lock;
  EXPECT_EQ(files_lock((directory_ + "/missing").c_str(), &lock), STATUS_IO);
  for (int call = 1; call <= 2; ++call) {
    system_call_fail_after(call, EIO, false);
    EXPECT_EQ(files_lock(directory_.c_str(), &lock), STATUS_IO);
    EXPECT_EQ("cannot lock " + directory_ + ": Input/output error", status_message());
  }
}

// ---- Files that grow ----

TEST_F(FilesTest, AppendsAfterAFullDiskAsIfNothingHadBeen) {
  FilesAppender appender;
  ASSERT_EQ(files_append_open(path_.c_str(), &appender), STATUS_OK);
  ASSERT_EQ(files_append(&appender, "one\n", 4), STATUS_OK);
  system_call_fail_after(1, ENOSPC, true);  // the cut fails as well
  EXPECT_EQ(files_append(&appender, "two\n", 4), STATUS_IO);
  EXPECT_EQ(files_append(&appender, "two\n", 4), STATUS_IO);
  system_call_fail_after(0, 0, false);
  EXPECT_EQ(Content(path_), "one\ntw");
  ASSERT_EQ(files_append(&appender, "three\n", 6), STATUS_OK);
  EXPECT_EQ(Content(path_), "one\nthree\n");
  files_append_close(&appender);
}

TEST_F(FilesTest, AppendsToWhatIsThere) {
  for (const char *text : {"one ", "two"}) {
    FilesAppender appender;
    ASSERT_EQ(files_append_open(path_.c_str(), &appender), STATUS_OK);
    ASSERT_EQ(files_append(&appender, text, strlen(text)), STATUS_OK);
    EXPECT_EQ(files_append_sync(&appender), STATUS_OK);
    files_append_close(&appender);
  }
  EXPECT_EQ(Content(path_), "one two");
}

}  // namespace

// Claims about checkpoint, being written.
#include <gtest/gtest.h>

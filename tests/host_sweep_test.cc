// Claims about sweep, being written.
#include <gtest/gtest.h>

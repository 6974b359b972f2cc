// Claims about resume, being written.
#include <gtest/gtest.h>

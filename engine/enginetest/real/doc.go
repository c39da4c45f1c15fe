// Package real is what the tests of the engine run on: a containerd of their own, a
// registry of their own and images made from this machine's Debian packages.
//
// A test package calls Main from its TestMain. Its test binary then serves as its own
// daemon, brought up at the first Engine and taken down, with everything that was
// started under it, at the end. Engine skips a test where it cannot run (no root, no
// payload); with GANTRY_TEST_ENGINE=require it fails it instead.
package real

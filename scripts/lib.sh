# Shared by the scripts of this folder; sourced, not run.
# shellcheck shell=bash

# say prints a line of progress; stdout stays free for results.
say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

# die says why the script can't go on, and ends it.
die() {
  say "$*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# can_install tells whether missing packages may be installed: root, on a machine with apt.
can_install() { [ "$(id -u)" = 0 ] && have apt-get; }

# apt_install installs Debian packages without questions and without what they only recommend.
apt_install() {
  say "installing $*"
  apt-get update -qq >&2 || say "apt-get update had errors; going on with the lists there are"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# need makes sure that a command exists: need COMMAND PACKAGE..
need() {
  local command=$1
  shift
  have "$command" && return
  can_install || die "$command is missing; on Debian: apt-get install $*"
  apt_install "$@"
}

# need_go makes sure that there is a Go toolchain; it is never installed by us.
need_go() { have go || die "go is missing: install the Go version that go.mod names"; }

# need_gcc: the race detector and the build with libsecp256k1 go through cgo.
need_gcc() {
  have gcc && return
  can_install || die "gcc is missing (the race detector needs cgo); on Debian: apt-get install gcc libc6-dev"
  apt_install gcc libc6-dev
}

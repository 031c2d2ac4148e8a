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

# need_examples: the tests run the examples of docs/consuming.md.
need_examples() {
  need curl curl
  need jq jq
  need node nodejs
  need npm npm
}

# installed_postgres prints the folder of installed server binaries: version 17 first, as in production, then the newest.
installed_postgres() {
  local dir
  while read -r dir; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && [ -x "$dir/pg_basebackup" ]; then
      echo "$dir"
      return
    fi
  done < <(
    dirname "$(command -v postgres || echo /nowhere/postgres)"
    echo /usr/lib/postgresql/17/bin
    printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV
  )
  return 1
}

# install_postgres installs the Debian package without the cluster that it makes and starts by default.
install_postgres() {
  local package=postgresql keep=/etc/postgresql-common/createcluster.d/gossip-price.conf
  apt-get update -qq >&2 || true
  apt-cache show postgresql-17 >/dev/null 2>&1 && package=postgresql-17
  mkdir -p "$(dirname "$keep")"
  echo 'create_main_cluster = false' >"$keep"
  apt_install "$package"
  rm -f "$keep"
}

# need_postgres exports TEST_POSTGRESBIN unless the caller chose a server.
need_postgres() {
  if [ -n "${TEST_DATABASEURL:-}" ]; then
    say "PostgreSQL: the server of TEST_DATABASEURL"
    installed_postgres >/dev/null || say "NOT TRIED: failover and TLS, which take a server of the tests' own"
    say "NOT TRIED: what only the log or the socket of a server of the tests' own shows"
    return
  fi
  if [ -z "${TEST_POSTGRESBIN:-}" ]; then
    if ! installed_postgres >/dev/null && can_install; then install_postgres; fi
    TEST_POSTGRESBIN=$(installed_postgres) || die "PostgreSQL is missing; on Debian: apt-get install postgresql," \
      "or set TEST_POSTGRESBIN (folder with initdb, postgres and pg_basebackup) or TEST_DATABASEURL (a server)"
  fi
  export TEST_POSTGRESBIN
  say "PostgreSQL: $("$TEST_POSTGRESBIN/postgres" --version) in $TEST_POSTGRESBIN"
}

# need_chromium: the page of a node is tested in a browser.
need_chromium() { need chromium chromium; }

# need_terminals: completion is tested in the shells that have it, and `top` in a terminal.
need_terminals() {
  need zsh zsh
  need fish fish
  need tmux tmux
}

# need_disks: journals are tested on disks that are full or fail. Only who may mount has such; it is said who has not.
need_disks() {
  if ! unshare --mount true 2>/dev/null; then
    say "NOT TRIED: full and failing disks, for this user may mount nothing"
    return
  fi
  need mkfs.ext4 e2fsprogs
  need debugfs e2fsprogs
  need losetup mount
}

# write_section FILE NAME COMMAND [ARGUMENT..] puts what a command prints between the lines <!-- bench:NAME --> and <!-- end --> of a
# file, and leaves the rest as it is; all of it if the command fails.
write_section() {
  local file=$1 mark="<!-- bench:$2 -->" body new
  shift 2
  grep -qxF "$mark" "$file" || die "$file has no line $mark"
  body=$(mktemp) new=$(mktemp)
  "$@" >"$body"
  [ -s "$body" ] || die "nothing was printed by: $*"
  awk -v mark="$mark" -v body="$body" '
    $0 == mark { print; while ((getline line < body) > 0) print line; inside = 1; next }
    inside && $0 == "<!-- end -->" { inside = 0 }
    !inside { print }
  ' "$file" >"$new"
  cat "$new" >"$file"
  rm -f "$body" "$new"
}

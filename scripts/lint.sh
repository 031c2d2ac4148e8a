#!/usr/bin/env bash
# Checks format and style: gofumpt, go mod tidy, golangci-lint with go vet (.golangci.yml), shellcheck over the scripts.
# The tools' versions are fixed in scripts/tools/go.mod, apart from the module so that they move no version of ours.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

tool() { go tool -modfile=scripts/tools/go.mod "$@"; }

go_files() { git ls-files --cached --others --exclude-standard -- '*.go'; }

check_format() {
  local unformatted
  mapfile -t files < <(go_files)
  [ "${#files[@]}" -gt 0 ] || die "no Go files"
  unformatted=$(tool gofumpt -l "${files[@]}")
  [ -z "$unformatted" ] || die "not in gofumpt's format (mend with: go tool -modfile=scripts/tools/go.mod gofumpt -w FILE):
$unformatted"
}

# check_scripts runs shellcheck where it is, or can be installed; it is no reason to fail where it can't.
check_scripts() {
  if ! have shellcheck && can_install; then apt_install shellcheck; fi
  if ! have shellcheck; then
    say "shellcheck is missing: scripts not checked"
    return
  fi
  shellcheck --external-sources scripts/*.sh scripts/offline/*.sh docs/examples/*.sh .ci/run
}

main() {
  need_go
  say "gofumpt"
  check_format
  say "go mod tidy"
  go mod tidy -diff >/dev/null || die "go.mod is not tidy: run go mod tidy"
  say "golangci-lint"
  tool golangci-lint run ./...
  say "shellcheck"
  check_scripts
  say "passed in $SECONDS s"
}

main

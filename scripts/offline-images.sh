#!/usr/bin/env bash
# Builds stand-ins for the base images from Debian packages, for machines that reach no image registry.
# usage: eval "$(scripts/offline-images.sh)"    then docker-compose as usual
#
# Prints the export lines that select the stand-ins on stdout, progress on stderr. Images that exist are kept;
# remove them with docker rmi to have them made anew. Debian's own package sources of this machine are used.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/lib.sh
. scripts/lib.sh

readonly GO_NAME=gossip-price/offline-golang:local
readonly POSTGRES_NAME=gossip-price/offline-postgres17:local
readonly POSTGRES_PACKAGE=postgresql-17
readonly RELEASE_WITH_POSTGRES=trixie # the first Debian release that has POSTGRES_PACKAGE
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
readonly CERTIFICATES=/etc/ssl/certs/ca-certificates.crt

own_release() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# release prints the Debian release of the stand-ins: this machine's own if it has PostgreSQL 17.
release() {
  if apt-cache show "$POSTGRES_PACKAGE" >/dev/null 2>&1; then own_release; else echo "$RELEASE_WITH_POSTGRES"; fi
}

# sources prints this machine's Debian package sources, moved to the wanted release: sources RELEASE
sources() {
  local lines
  # shellcheck disable=SC2016 # the $() are apt's, not the shell's
  lines=$(apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Origin: Debian' 'Created-By: Packages')
  [ -n "$lines" ] || die "this machine has no Debian package sources (try apt-get update)"
  sed -E "s/ $(own_release)(-| )/ $1\1/" <<<"$lines" | sort -u
}

# bootstrap makes a Debian root file system and imports it as an image: bootstrap NAME PACKAGES MMDEBSTRAP-OPTION.. -- IMPORT-OPTION..
bootstrap() {
  local name=$1 packages=$2 suite
  local -a options=()
  shift 2
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  suite=$(release)
  say "building $name from Debian $suite packages"
  if ! sources "$suite" |
    mmdebstrap --variant=minbase --keyring="$KEYRING" --include="$packages" "${options[@]}" "$suite" - - |
    docker import "$@" - "$name" >&2; then
    docker rmi "$name" >/dev/null 2>&1 || true # half an image would be kept the next time
    die "building $name failed"
  fi
}

# go_settings prints, as docker import options, what the machine's Go needs to reach its module proxy.
go_settings() {
  local name value
  for name in GOPROXY GOSUMDB GONOSUMDB GONOPROXY GOPRIVATE GOINSECURE; do
    value=$(go env "$name")
    [ -z "$value" ] || printf -- '--change=ENV %s="%s"\n' "$name" "$value"
  done
  for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy; do
    value=${!name:-}
    [ -z "$value" ] || printf -- '--change=ENV %s="%s"\n' "$name" "$value"
  done
}

# golang_image: gcc for cgo, this machine's Go toolchain and the certificates that it trusts.
golang_image() {
  local -a settings
  need_go
  mapfile -t settings < <(go_settings)
  # shellcheck disable=SC2016 # $1 is the new root file system, told to the hook by mmdebstrap
  bootstrap "$GO_NAME" gcc,libc6-dev,ca-certificates \
    --customize-hook='mkdir -p "$1/usr/local/go"' \
    --customize-hook="sync-in '$(go env GOROOT)' /usr/local/go" \
    --customize-hook="upload '${SSL_CERT_FILE:-$CERTIFICATES}' $CERTIFICATES" \
    -- --change='ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change='ENV GOTOOLCHAIN=local' "${settings[@]}"
}

# postgres_image: the Debian server with an entry point that reads the official image's main variables.
postgres_image() {
  bootstrap "$POSTGRES_NAME" "$POSTGRES_PACKAGE" \
    --customize-hook='copy-in scripts/offline/postgres-entrypoint.sh /usr/local/bin' \
    -- --change='ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change='ENV PGDATA=/var/lib/postgresql/data' --change='VOLUME /var/lib/postgresql/data' \
    --change='ENTRYPOINT ["postgres-entrypoint.sh"]' --change='EXPOSE 5432'
}

exists() { docker image inspect "$1" >/dev/null 2>&1; }

main() {
  need docker docker.io
  docker info >/dev/null 2>&1 || die "no Docker engine answers"
  need mmdebstrap mmdebstrap
  exists "$GO_NAME" || golang_image
  exists "$POSTGRES_NAME" || postgres_image
  printf 'export GO_IMAGE=%s POSTGRES_IMAGE=%s\n' "$GO_NAME" "$POSTGRES_NAME"
}

main

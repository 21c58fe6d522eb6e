#!/bin/sh
# Runs a command next to a real PostgreSQL 17 with pgvector and a real Redis, which exist for it alone, and exits with
# its status.
# The command sees TEST_DATABASE_URL and TEST_QUEUE_URL; one that is already set stays as it is.
#
#   test/support/with-servers.sh npm test
#
# PostgreSQL gets 256 MB of shared buffers, or POSTGRES_SHARED_BUFFERS, to measure what does not fit.
#
# For Debian 12 or newer and its derivatives. Nothing is installed on the machine: packages of the Debian mirror in the
# machine's own apt sources are unpacked into a folder of their own (about 300 MB, kept for next time in
# /var/cache/clavis for root, otherwise in ~/.cache/clavis), with their own C library, so the machine's release does not
# matter.
set -eu

release=trixie
packages='postgresql-17 postgresql-17-pgvector redis-server patchelf'

[ $# -gt 0 ] || { echo "Expected a command to run next to the servers: $0 COMMAND…" >&2; exit 2; }
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
  echo 'Expected a machine with apt-get and dpkg-deb. Elsewhere start PostgreSQL with pgvector and Redis yourself and set TEST_DATABASE_URL and TEST_QUEUE_URL.' >&2
  exit 2
}

if [ "$(id -u)" = 0 ]; then
  cache=/var/cache/clavis
  # PostgreSQL refuses to run as root.
  as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
else
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/clavis
  as_user=
fi
prefix=$cache/servers-$release-$(dpkg --print-architecture)
ready=$prefix/ready
wanted="1 $packages"

# The first mirror of the whole Debian archive that apt knows, in either form of its source lists.
mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed -n -e 's/^URIs:[[:space:]]*//p' -e 's/^deb[[:space:]]\{1,\}\(\[[^]]*\][[:space:]]*\)\{0,1\}//p' |
    tr ' ' '\n' | grep -E '^(https?|file|mirror)[+:].*/debian/?$' | head -n 1
}

prepare() {
  uri=$(mirror)
  [ -n "$uri" ] || { echo 'Expected a Debian mirror in the apt sources of this machine but found none.' >&2; exit 2; }
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  rm -rf "$prefix"
  mkdir -p "$prefix/apt/lists/partial" "$prefix/apt/archives/partial" "$prefix/root"
  echo "deb [signed-by=$keyring] $uri $release main" >"$prefix/apt/sources.list"
  : >"$prefix/apt/status"
  apt() {
    apt-get -qq -o Dir::Etc::SourceList="$prefix/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
      -o Dir::State="$prefix/apt" -o Dir::State::Lists="$prefix/apt/lists" -o Dir::State::Status="$prefix/apt/status" \
      -o Dir::Cache="$prefix/apt" -o Dir::Cache::Archives="$prefix/apt/archives" -o APT::Sandbox::User= \
      -o Acquire::Languages=none -o Debug::NoLocking=true "$@"
  }
  echo "Fetching $packages from $release, once…" >&2
  apt update >&2
  # shellcheck disable=SC2086 # a list of packages
  apt --no-install-recommends --download-only -y install $packages >&2
  for archive in "$prefix"/apt/archives/*.deb; do dpkg-deb -x "$archive" "$prefix/root"; done
  rm -rf "$prefix/apt"

  libraries=$(dirname "$(find "$prefix/root/usr/lib" -name 'libc.so.6' | head -n 1)")
  loader=$(find "$prefix/root/usr/lib" "$prefix/root/usr/lib64" -name 'ld-linux*.so.*' 2>/dev/null | head -n 1)
  for program in "$prefix"/root/usr/lib/postgresql/17/bin/* "$(readlink -f "$prefix/root/usr/bin/redis-server")"; do
    head -c 4 "$program" | grep -q ELF || continue
    "$loader" --library-path "$libraries" "$prefix/root/usr/bin/patchelf" \
      --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$program"
  done
  chmod -R a+rX "$prefix"
  echo "$wanted" >"$ready"
}

mkdir -p "$cache"
(
  flock 9
  [ "$(cat "$ready" 2>/dev/null)" = "$wanted" ] || prepare
) 9>"$cache/lock"

# For tests that start and kill servers of their own (faults/own-servers.ts).
export TEST_POSTGRES_BIN="$prefix/root/usr/lib/postgresql/17/bin" TEST_REDIS_SERVER="$prefix/root/usr/bin/redis-server"

work=$(mktemp -d)
chmod 711 "$work"
mkdir "$work/postgres" "$work/redis"
[ -z "$as_user" ] || chown -R 65534:65534 "$work/postgres" "$work/redis"
postgres_pid= redis_pid=
finish() {
  status=$?
  trap - EXIT INT TERM
  [ -z "$postgres_pid" ] || kill -QUIT "$postgres_pid" 2>/dev/null || :
  [ -z "$redis_pid" ] || kill -TERM "$redis_pid" 2>/dev/null || :
  wait
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

free_port() { node -e "const s=require('net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})"; }
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
# Waits until a port accepts, or until the server's process ended.
await() {
  for _ in $(seq 200); do
    node -e "require('net').connect($2,'127.0.0.1').on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))" && return
    kill -0 "$1" 2>/dev/null || break
    sleep 0.1
  done
  echo "$3 did not start:" >&2
  tail -n 20 "$work/$4/log" >&2
  exit 1
}

# A server must not stand in a folder that its user may not read.
start() { cd "$work" && exec "$@"; }
if [ -z "${TEST_DATABASE_URL:-}" ]; then
  bin=$prefix/root/usr/lib/postgresql/17/bin
  port=$(free_port)
  printf %s "$password" >"$work/postgres/password"
  chmod 644 "$work/postgres/password"
  (start $as_user "$bin/initdb" -D "$work/postgres/data" -U clavis --pwfile="$work/postgres/password" -A scram-sha-256 \
    --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C >"$work/postgres/log" 2>&1) ||
    { cat "$work/postgres/log" >&2; exit 1; }
  start $as_user "$bin/postgres" -D "$work/postgres/data" -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c fsync=off -c max_connections=300 -c shared_buffers="${POSTGRES_SHARED_BUFFERS:-256MB}" >>"$work/postgres/log" 2>&1 &
  postgres_pid=$!
  await "$postgres_pid" "$port" PostgreSQL postgres
  export TEST_DATABASE_URL="postgres://clavis:$password@127.0.0.1:$port/postgres"
fi
if [ -z "${TEST_QUEUE_URL:-}" ]; then
  port=$(free_port)
  start $as_user "$prefix/root/usr/bin/redis-server" --bind 127.0.0.1 --port "$port" --requirepass "$password" --save '' \
    --appendonly no --maxmemory-policy noeviction --dir "$work/redis" >"$work/redis/log" 2>&1 &
  redis_pid=$!
  await "$redis_pid" "$port" Redis redis
  export TEST_QUEUE_URL="redis://:$password@127.0.0.1:$port"
fi

"$@"

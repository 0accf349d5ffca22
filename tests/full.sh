#!/usr/bin/env bash
# The full tier: the whole suite on PostgreSQL in random order, the browser, the API fuzzer, the leak test.
# What this machine lacks is skipped with a printed line; in CI a skip is a failure.
set -uo pipefail
cd "$(dirname "$0")/.."
PY=.venv/bin/python
failed=0 skipped=0
say() { printf '\n== %s\n' "$*"; }
skip() { printf 'SKIPPED: %s\n' "$*"; skipped=$((skipped + 1)); }
run() { say "$1"; shift; "$@" || { failed=1; printf 'FAILED: %s\n' "$*"; }; }

say "migrations: none missing, from empty"
$PY manage.py makemigrations --check --dry-run || failed=1

run "full tests on SQLite: leak test, browser, API fuzzer, kills, documents" \
  $PY -m pytest -n 2 -m "full and not peer" tests

# Copies of the tree have a database of their own: once is enough.
OWN="--ignore=tests/stories/test_delete_app.py --ignore=tests/stories/test_new_app.py --ignore=tests/stories/test_new_case.py"
PGBIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
if [ -n "${SHIAN_TEST_DATABASE_URL:-}" ]; then
  run "PostgreSQL given by SHIAN_TEST_DATABASE_URL" \
    env SHIAN_DATABASE_URL="$SHIAN_TEST_DATABASE_URL" $PY -m pytest -n 2 -m "not browser and not peer" $OWN tests/kernel tests/apps tests/stories tests/meta
elif [ -n "$PGBIN" ]; then
  say "PostgreSQL, a cluster of its own"
  DIR=$(mktemp -d /tmp/shian-pg.XXXXXX)
  as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
  [ "$(id -u)" = 0 ] && chown postgres "$DIR"
  as "$PGBIN/initdb" -D "$DIR/data" -U shian --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null &&
    as "$PGBIN/pg_ctl" -D "$DIR/data" -w -s -o "-p 54329 -k $DIR -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60" start
  run "the suite on PostgreSQL, in random order" \
    env SHIAN_DATABASE_URL=postgres://shian@127.0.0.1:54329/postgres $PY -m pytest -n 2 -m "not browser and not peer" $OWN tests/kernel tests/apps tests/stories tests/meta
  as "$PGBIN/pg_ctl" -D "$DIR/data" -m immediate -s stop
  rm -rf "$DIR"
else
  skip "no PostgreSQL server on this machine"
fi

for tool in chromium soffice; do
  command -v "$tool" >/dev/null || skip "no $tool: its tests print their own lines"
done

say "result"
if [ "$skipped" -gt 0 ] && [ "${CI:-}" = true ]; then
  echo "in CI nothing may be skipped ($skipped)"; failed=1
fi
exit "$failed"

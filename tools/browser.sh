#!/bin/sh
# Make sure that there is a Chromium for the page test.
set -eu
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && exit 0
done
if ! command -v apt-get >/dev/null 2>&1; then
    echo "no Chromium found: install it, or name it in CHROMIUM" >&2
    exit 1
fi
root=""
[ "$(id -u)" = 0 ] || root=sudo
$root apt-get update -q
$root apt-get install -y -q chromium || $root apt-get install -y -q chromium-browser

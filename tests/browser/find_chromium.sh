#!/bin/sh
# Prints the path of a Chromium or Chrome for the browser tests; --install gets Debian's if it may.
set -u
find_browser() {
  for name in ${LNL_CHROMIUM:-} chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" 2>/dev/null && return 0
  done
  for path in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
              "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    [ -x "$path" ] && echo "$path" && return 0
  done
  return 1
}
find_browser && exit 0
if [ "${1:-}" = --install ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests"
  apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium >/dev/null
  find_browser && exit 0
fi
echo "The browser tests need Chromium or Chrome: install one, or name it with LNL_CHROMIUM=PATH" >&2
exit 1

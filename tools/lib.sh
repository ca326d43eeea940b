# shellcheck shell=bash disable=SC2034 # what is set here is used there
# What the scripts of this folder share; sourced by each of them after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=tools/$(basename "$0")
venv=${TESSERA_VENV:-$root/.build/venv}

say() { printf '%s\n' "$*"; }
warn() { printf '%s: warning: %s\n' "$program" "$*" >&2; }

# The last word of a script that cannot go on: what is wrong, and what to do next.
fail() {
  printf '%s: error: %s\n' "$program" "$*" >&2
  exit 1
}

# A mistake on the command line.
misused() {
  printf '%s: error: %s (see %s --help)\n' "$program" "$*" "$program" >&2
  exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

# Prints the comment that opens the script (all but its first line) as its help.
show_help() {
  awk 'NR > 2 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"
}

# The release build that users run. Its flags stand here alone, so that whoever builds it next finds it built.
build_tessera() {
  swift build --package-path "$root" --manifest-cache none -c release --static-swift-stdlib --product tessera
}
tessera_binary=$root/.build/release/tessera

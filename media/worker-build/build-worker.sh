#!/usr/bin/env bash
# Compiles mediasoup-worker from the sources inside the npm package mediasoup
# against Debian's libraries: nothing but Debian packages is downloaded.
#   build-worker.sh FOLDER_OF_THE_NPM_PACKAGE TARGET_BINARY
# Does nothing when TARGET_BINARY runs already. Two at once wait for each other.
# All output goes to stderr, but for this one case: packages are missing and the
# user is not root. Then the command that installs them goes to stdout, and the
# exit code is 77. ensure-worker.mjs calls this script and chooses the target.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
package="$(cd "$1" && pwd)"
binary="$2"
packages=(g++ cmake ninja-build pkg-config flatbuffers-compiler libflatbuffers-dev
  libuv1-dev libssl-dev libsrtp2-dev libabsl-dev)

# Started by hand the worker says that nobody is its father and exits with 41;
# one that lacks a shared library exits with 127.
runs() {
  local code=0
  env -i "$1" >/dev/null 2>&1 || code=$?
  [[ $code == 41 ]]
}

mkdir -p "$(dirname "$binary")"
exec 9>"$binary.lock"
flock 9
if runs "$binary"; then exit 0; fi

missing=()
for name in "${packages[@]}"; do
  dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
done
if ((${#missing[@]})); then
  if ((EUID != 0)); then
    echo "sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
    exit 77
  fi
  {
    echo "Installing ${missing[*]}"
    apt-get -o DPkg::Lock::Timeout=600 update -q
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -q -y \
      --no-install-recommends "${missing[@]}"
  } >&2 9>&-
fi

# A compiler takes up to 1 GB here: on a small machine fewer run at once.
jobs="$(nproc)"
memory_gb="$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)"
if ((memory_gb < jobs)); then jobs=$((memory_gb > 0 ? memory_gb : 1)); fi

# The folder is kept when the build is interrupted: the next call goes on there.
build="$binary.build"
{
  cmake -G Ninja -S "$here" -B "$build" -DMEDIASOUP_DIR="$package"
  cmake --build "$build" --parallel "$jobs"
  strip -o "$binary.new" "$build/mediasoup-worker"
} >&2 9>&-
runs "$binary.new" || {
  echo "The mediasoup-worker that was built does not run." >&2
  exit 1
}
mv "$binary.new" "$binary"
rm -rf "$build"

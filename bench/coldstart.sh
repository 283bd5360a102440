#!/bin/bash
# Cold start of one program (it prints "hello"): as a native program, in cwasm and other WebAssembly engines, and in containers of docker, podman,
# crun and runc; and of a Python program on a node that does not have the image yet. Makes bench/results/coldstart-containers.md, .json and .svg.
#
#   bench/coldstart.sh --cwasm b/cwasm              as root; starts dockerd and the rest by itself, in private folders, and removes everything
#   bench/coldstart.sh --cwasm b/cwasm --install    gets what is missing from the distribution first (Debian, Ubuntu)
#   bench/coldstart.sh --help                       all options
#
# Without root, or without a container engine, it measures the rest and says what it could not run. The start of processes alone, with more rounds:
# bench/coldstart.py.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

args=()
for arg in "$@"; do
    if [ "$arg" = --install ]; then
        [ "$(id -u)" = 0 ] || { echo "coldstart.sh: --install needs root" >&2; exit 1; }
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends podman crun runc containerd docker.io conmon debootstrap musl-tools >/dev/null
    else
        args+=("$arg")
    fi
done

# Everything runs in a mount namespace of its own, so that no mount outlives it; without the second hierarchy of "hybrid" control groups,
# which crun refuses. Nothing outside of it changes.
if [ "$(id -u)" = 0 ]; then
    exec unshare --mount --propagation private bash -c \
        'if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi; exec python3 "$@"' bash "$here/containers.py" "${args[@]}"
fi
exec python3 "$here/containers.py" "${args[@]}"

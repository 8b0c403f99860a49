#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
#
# Builds the program (preset release) and runs the whole crash test; options go to torture.py.
set -euo pipefail
PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck source=cmake/setup.sh
. "$PROJECT/cmake/setup.sh"
packages_ensure "${PACKAGES_TO_BUILD[@]}" "${PACKAGES_TO_RUN[@]}" python3
# shellcheck disable=SC2034 # for build_preset
BUILD_TARGETS=(wabamigrate wabamigrate-simulator points)
build_preset release >/dev/null
BUILD=$(build_directory release)
export WABAMIGRATE=$BUILD/wabamigrate WABAMIGRATE_POINTS_LIBRARY=$BUILD/tests/integration/libpoints.so
exec "$PROJECT/tests/integration/torture.py" "$@"

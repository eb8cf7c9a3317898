#!/bin/sh
# Install the few system packages that Qt and Chinese text need, where apt and root (or sudo) allow it; else say what is missing.
# usage: system.sh run|test
set -u
packages="libgl1 libegl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 fontconfig fonts-wqy-microhei python3-venv"
[ "$1" = test ] && packages="poppler-utils chromium"
command -v dpkg-query >/dev/null 2>&1 || exit 0
missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then sudo=""; elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo="sudo -n"; else
    echo "Not installed (no root, no sudo):$missing. Ask your administrator if the window or Chinese text fails." >&2; exit 0
fi
echo "Installing system packages:$missing ..."
export DEBIAN_FRONTEND=noninteractive
{ $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 ||
    echo "Some system packages could not be installed:$missing" >&2
exit 0

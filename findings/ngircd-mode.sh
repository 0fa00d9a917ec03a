#!/usr/bin/env bash
# ngIRCd 26.1 answers MODE for a channel that does not exist with 401 (no such nick or channel).
# Modern IRC ("MODE message", "Channel mode") has 403 (no such channel) for it.
# Runs on Debian 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download ngircd=26.1-1+deb12u1 libident
for package in *.deb; do dpkg -x "$package" .; done
port=$((20000 + RANDOM % 10000))
cat >ngircd.conf <<END
[Global]
Name = irc.example.net
Info = test
Listen = 127.0.0.1
Ports = $port
[Options]
DNS = no
Ident = no
PAM = no
END
export LD_LIBRARY_PATH=$(dirname "$(find "$PWD/usr/lib" -name 'libident.so.*' | head -1)")
usr/sbin/ngircd --version | head -1
usr/sbin/ngircd -n -f "$PWD/ngircd.conf" >log 2>&1 &
server=$!
for _ in {1..50}; do
  { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null && break
  sleep 0.1
done
printf 'NICK ada\r\nUSER ada 0 * :Ada\r\nMODE #nowhere\r\nQUIT\r\n' >&3
timeout 20 cat <&3 | tr -d '\r' >out
grep nowhere out
grep -q '^:irc.example.net 401 ada #nowhere :' out

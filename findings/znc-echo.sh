#!/usr/bin/env bash
# ZNC 1.8.2 echoes messages (echo-message) as soon as it has read them. It sends them to its server later,
# with pauses (FloodRate): an echo from ZNC does not say that a message has reached the server.
# Runs on Debian 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" "${bouncer:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download ngircd=26.1-1+deb12u1 libident \
  znc=1.8.2-3.1+deb12u2 libicu72 libsasl2-2 zlib1g
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
mkdir -p znc/configs
cat >znc/configs/znc.conf <<END
Version = 1.8.2
<Listener test>
 Port = $((port + 1))
 Host = 127.0.0.1
 SSL = false
</Listener>
<User ada>
 Pass = plain#sesame
 <Network test>
  Server = 127.0.0.1 $port
  FloodRate = 2.00
  FloodBurst = 4
  <Chan #room>
  </Chan>
 </Network>
</User>
END
libraries=$(find "$PWD" -name '*.so.*' -printf '%h\n' | sort -u | tr '\n' ':')
run() { LD_LIBRARY_PATH=$libraries "$@"; }
run usr/bin/znc --version | head -1
run usr/sbin/ngircd -n -f "$PWD/ngircd.conf" >server.log 2>&1 &
server=$!
# Waits for a program to listen, and connects.
open() {
  for _ in {1..100}; do
    { exec {connection}<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null && return
    sleep 0.1
  done
}
open "$port"
bob=$connection
printf 'NICK bob\r\nUSER bob 0 * :Bob\r\nJOIN #room\r\n' >&"$bob"
# As root, ZNC waits for 30 seconds before it starts.
runner=()
if [ "$(id -u)" = 0 ]; then
  chown -R nobody . && chmod 755 . && runner=(setpriv --reuid=nobody --clear-groups)
fi
run "${runner[@]}" usr/bin/znc --foreground --datadir "$PWD/znc" >bouncer.log 2>&1 &
bouncer=$!
open $((port + 1))
ada=$connection
printf 'CAP REQ :echo-message\r\nPASS ada/test:sesame\r\nNICK ada\r\nUSER ada 0 * :Ada\r\nCAP END\r\n' >&"$ada"
sleep 5
for number in {1..30}; do printf 'PRIVMSG #room :message %s\r\n' "$number"; done >&"$ada"
(timeout 2 cat <&"$ada" || true) >echoes &
(timeout 2 cat <&"$bob" || true) >soon
(timeout 10 cat <&"$bob" || true) >later
count() { grep -c ':message ' "$1" || true; }
echo "$(count echoes) echoes; $(count soon) messages in 2 seconds, $(count later) in 10 more"
[ "$(count echoes)" = 30 ] && [ "$(count soon)" -lt 15 ] && [ "$(count later)" -gt 0 ]

#!/usr/bin/env bash
# rcirc in Emacs 28.2 does not show a message that has a tag without a value, such as `@bot`.
# It prints wrong-type-argument to the server's buffer instead. It shows the same message with `@bot=`.
# Both are valid and mean the same (IRCv3 message-tags, "Format" and "Rules for naming message tags").
# Runs on Debian 12, amd64. Emacs is both the server and the client here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=1:28.2+1-15+deb12u4
apt-get -qq -o APT::Sandbox::User=root download emacs-{nox,common,el,bin-common}=$version \
  libgccjit0 libasound2 libgpm2 liblcms2-2 libjansson4 libisl23 libmpc3 libmpfr6
for package in *.deb; do dpkg -x "$package" .; done

cat >test.el <<'END'
(require 'rcirc)
(defun answer (client text)
  (when (string-match "^USER " text)
    (process-send-string client
      (concat ":t 001 ada :Hello\r\n:ada!a@h JOIN #x\r\n"
              "@bot :robot!b@h PRIVMSG #x :without equals sign\r\n"
              "@bot= :robot!b@h PRIVMSG #x :with equals sign\r\n"
              ":robot!b@h PRIVMSG #x :the end\r\n"))))
(let* ((server (make-network-process :name "server" :server t :host "127.0.0.1" :service t
                                     :family 'ipv4 :filter #'answer))
       (client (rcirc-connect "127.0.0.1" (process-contact server :service) "ada"))
       (text (lambda (name) (let ((b (get-buffer (concat name "@127.0.0.1"))))
                              (if b (with-current-buffer b (buffer-string)) ""))))
       (deadline (+ (float-time) 20)))
  (while (and (< (float-time) deadline) (not (string-match "the end" (funcall text "#x"))))
    (accept-process-output nil 0.1))
  (princ (concat (emacs-version) "\n" (funcall text "#x") "\n"))
  (with-current-buffer (process-buffer client) (princ (buffer-string))))
END
lisp=$(find "$PWD/usr/share/emacs/28.2/lisp" -type d | paste -sd:)
HOME=$PWD LD_LIBRARY_PATH=$PWD/usr/lib/x86_64-linux-gnu EMACSLOADPATH=$lisp \
  EMACSDATA=$PWD/usr/share/emacs/28.2/etc \
  usr/bin/emacs-nox --dump-file="$(echo usr/libexec/emacs/28.2/*/emacs.pdmp)" \
  -Q --batch -l test.el | tee out
grep -q '<robot> with equals sign' out
grep -q '<robot> the end' out
grep -q 'wrong-type-argument' out
! grep -q '<robot> without equals sign' out

"""Starts the client of this project for irctest, and tells irctest what the client supports."""

import os
import shlex
import subprocess

from irctest import basecontrollers

# The suite expects a client to reconnect; chat exits where a user would have to decide.
RESTART_LOOP = 'while :; do "$@"; sleep 0.1; done'


class Controller(basecontrollers.BaseClientController, basecontrollers.DirectoryBasedController):
    """A client with its own folder, and with an input that never ends."""

    software_name = "chat"
    supported_sasl_mechanisms = {"PLAIN", "SCRAM-SHA-256"}
    supports_sts = True

    def run(self, hostname, port, auth, tls_config=None):
        self.create_config()
        scheme, query = "irc", ""
        for fingerprint in tls_config.trusted_fingerprints if tls_config else []:
            if tls_config.enable:
                scheme, query = "ircs", f"?fp={fingerprint}"
            else:
                self.trust(fingerprint.lower())
        # Use the loopback address: the client sends a password in plain text to this machine only.
        url = f"{scheme}://127.0.0.1:{port}/room{query}"
        login = []
        environment = {**os.environ, "XDG_CONFIG_HOME": str(self.directory)}
        if auth:
            login = ["--login", auth.username, "--sasl", auth.mechanisms[0].to_string().lower()]
            environment["CHAT_LOGIN_PASSWORD"] = auth.password
        client = [*shlex.split(os.environ["CHAT"]), "connect", url, "--nick", "chat", "--follow", *login]
        self.proc = self.execute(
            ["sh", "-c", RESTART_LOOP, "sh", *client], env=environment, stdin=subprocess.PIPE
        )

    def trust(self, fingerprint):
        """Remembers the fingerprint for every port, because the suite does not name the port."""
        with self.open_file("chat/known_servers", "w") as file:
            file.writelines(f"127.0.0.1:{port} {fingerprint}\n" for port in range(1, 65536))


def get_irctest_controller_class():
    return Controller

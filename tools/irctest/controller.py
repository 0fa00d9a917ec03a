"""Starts a server of this project for irctest, and tells irctest what the server supports."""

import json
import os
import pathlib
import shlex

from irctest import basecontrollers, specifications

# The suite sends more commands in a second than the default limits allow.
LIMITS = {
    "connectionsPerAddress": 1000,
    "commandsPerSecond": 10000,
    "commandBurst": 10000,
    "sendQueueBytes": 65536,
}


class Controller(basecontrollers.BaseServerController, basecontrollers.DirectoryBasedController):
    """A server with its own folder and a configuration file."""

    software_name = "chat"
    extban_mute_char = "m"
    supported_sasl_mechanisms = {"PLAIN", "SCRAM-SHA-256"}
    capabilities = frozenset(specifications.Capabilities)
    optional_behaviors = frozenset(specifications.OptionalBehaviors)

    def run(self, hostname, port, *, password, ssl, run_services, faketime, config=None,
            websocket_hostname=None, websocket_port=None):
        self.create_config()
        self.port = port
        test_options = self.test_config
        # Each port accepts every protocol; the suite wants a separate port for WebSocket.
        web = [f"{websocket_hostname}:{websocket_port}"] if websocket_port else []
        settings = {
            "listen": [f"{hostname}:{port}", *web],
            "name": "My.Little.Server",
            "network": "Conformance",
            "data": str(self.directory / "data"),
            "motd": "Welcome",
            "operators": [{"name": "operuser", "password": "operpassword"}],
            "limits": LIMITS,
            "accounts": {
                "beforeConnect": test_options.account_registration_before_connect,
                "requireEmail": test_options.account_registration_requires_email,
            },
        }
        if password is not None:
            settings["password"] = password
        if ssl:
            self.gen_ssl()
            settings |= {"tlsCert": str(self.pem_path), "tlsKey": str(self.key_path)}
        self.settings = pathlib.Path(self.directory) / "chat.json"
        self.settings.write_text(json.dumps(settings))
        self.start()

    def start(self):
        self.proc = self.execute([*shlex.split(os.environ["CHAT"]), "serve", "--config", str(self.settings)])

    def restart(self):
        self.kill_proc()
        self.port_open = False
        self.start()
        self.wait_for_port()

    def wait_for_services(self):
        """Returns at once: accounts are part of the server."""

    def registerUser(self, case, username, password=None):
        client = case.addClient(show_io=False)
        for line in (f"NICK {username}", f"USER {username} 0 * :{username}"):
            case.sendLine(client, line)
        while case.getRegistrationMessage(client).command != "001":
            pass
        case.getMessages(client)
        case.sendLine(client, f"REGISTER * * {password}")
        while case.getMessage(client).command != "REGISTER":
            pass
        case.sendLine(client, "QUIT")
        case.assertDisconnected(client)


def get_irctest_controller_class():
    return Controller

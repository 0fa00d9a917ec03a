"""Tells the time, privately, to whoever says !time: python3 clock.py HOST/ROOM"""

import json
import subprocess
import sys
import time

chat = subprocess.Popen(
    ["chat", "connect", sys.argv[1], "--nick", "clock", "--json"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
)

def give(**command):
    print(json.dumps(command), file=chat.stdin, flush=True)

for line in chat.stdout:
    event = json.loads(line)
    if event["type"] == "result" and event["status"] != "done":
        print(f"{event['do']}: {event['reason']}", file=sys.stderr)
    if event["type"] == "message" and not event["own"] and event["text"].startswith("!time"):
        give(do="say", to=event["nick"], text=time.strftime("It is %H:%M."), ref=event["id"])

sys.exit(chat.wait())

"""The client of `fork_server`: have a training run in a fork, and end as it does."""

import json
import os
import signal
import socket
import sys

address, *arguments = sys.argv[1:]
connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
ignored = []
for number in (signal.SIGINT, signal.SIGTERM):
    if signal.getsignal(number) is signal.SIG_IGN:
        ignored.append(number)
    else:
        signal.signal(number, lambda number, frame: connection.send(bytes([number])))
request = {
    "arguments": arguments,
    "environment": dict(os.environ),
    "folder": os.getcwd(),  # noqa: PTH109 pathlib is slow to import
    "ignored": ignored,
}
try:
    connection.connect(address)
    socket.send_fds(connection, [json.dumps(request).encode()], [0, 1, 2])
    accepted = connection.recv(8) == b"accepted"
except OSError:  # there is no server, or one of the files is closed
    accepted = False
if not accepted:
    os.execv(sys.executable, [sys.executable, *arguments])
status = int(connection.recv(8) or b"1")
if status < 0:  # killed by a signal
    if -status != signal.SIGKILL:
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
sys.exit(status)

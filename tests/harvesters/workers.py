"""Workers of their own processes, to be killed."""

from __future__ import annotations

import subprocess
import sys

from ckan.plugins import toolkit as tk

WORKER = """
import sys
from ckan.cli import load_config
from ckan.config.middleware import make_app
make_app(load_config(sys.argv[1]))
from ckan.plugins import toolkit as tk
from harvesters import retry, runner
from datetime import timedelta
retry.FIRST_PAUSE = timedelta(0)
tk.config["govshare.data_dir"], tk.config["govshare.harvest.folders"] = sys.argv[3:5]
print("ready", flush=True)
runner.run(sys.argv[2], wait=True)
"""
# As CKAN's worker: the portal is loaded, but there is no request.


def begin(ini: str, job: str) -> subprocess.Popen[bytes]:
    """A worker on the job; it says "ready" before it begins."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WORKER, ini, job,
         tk.config["govshare.data_dir"], tk.config["govshare.harvest.folders"]],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )

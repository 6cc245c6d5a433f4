"""A trainer without torch that speaks the run-folder protocol and misbehaves on request.

    python3 -I stubTrainer.py train --run DIR

`DIR/stub.json` says how: {"behaviours": ["sigkill", "normal"], "steps": 20, "stepMs": 10, …}; attempt n takes entry n,
later ones the last. Without the file it trains normally. One process plays supervisor and worker, except for
`workerKilled`, where a child is the worker.
"""

import errno
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime, timezone

RUN = sys.argv[sys.argv.index("--run") + 1]


def read(name, default=None):
    try:
        with open(os.path.join(RUN, name), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return default


CONFIG = read("run.json")
LAUNCH = read("launch.json")
STUB = {
    "behaviours": ["normal"],
    "steps": 10,
    "stepMs": 10,
    "saveEvery": 4,
    "epochSteps": 5,
    "metrics": False,
    **read("stub.json", {}),
}
ATTEMPT = LAUNCH["attempt"]
BEHAVIOUR = STUB["behaviours"][min(ATTEMPT, len(STUB["behaviours"])) - 1]
EVENTS = os.open(os.path.join(RUN, "events.jsonl"), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)


def next_seq():
    with open(os.path.join(RUN, "events.jsonl"), "rb") as file:
        return sum(1 for line in file.read().split(b"\n") if line.startswith(b'{"v":1,'))


class Writer:
    """Numbers the records and closes a torn last line, like the real one."""

    def __init__(self):
        self.seq = next_seq()
        size = os.fstat(EVENTS).st_size
        if size and os.pread(EVENTS, 1, size - 1) != b"\n":
            os.write(EVENTS, b"\n")

    def emit(self, type_, /, **fields):
        now = datetime.now(timezone.utc).isoformat()
        record = {
            "v": 1,
            "seq": self.seq,
            "attempt": ATTEMPT,
            "t": now,
            "type": type_,
            "runId": CONFIG["runId"],
        }
        line = json.dumps({**record, **fields}, allow_nan=False, separators=(",", ":"))
        os.write(EVENTS, line.encode("ascii") + b"\n")
        self.seq += 1


def start_time(pid):
    if sys.platform == "linux":
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            return file.read().rpartition(")")[2].split()[19]
    shown = subprocess.run(
        ["/bin/ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C", "TZ": "UTC"},
    )
    return shown.stdout.strip()


class Stop(Exception):
    """A request file or SIGTERM of this attempt."""


STATE = {"term": False, "deaf": BEHAVIOUR in ("ignoreTerm", "hang", "hangBeforeHello")}


def on_term(_number, _frame):
    STATE["term"] = True


if BEHAVIOUR == "ignoreTerm":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
elif BEHAVIOUR not in ("hang", "hangBeforeHello"):
    signal.signal(signal.SIGTERM, on_term)


def pause(ms):
    """Sleeps in small pieces and looks for a request in each, as the real trainer does every micro-step."""
    until = time.monotonic() + ms / 1000
    while True:
        if not STATE["deaf"]:
            request = read("cancel")
            if STATE["term"] or (request is not None and request.get("attempt") == ATTEMPT):
                raise Stop
        left = until - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, 0.02))


def committed_step():
    folder = os.path.join(RUN, "checkpoints")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    done = [name for name in names if os.path.exists(os.path.join(folder, name, "COMMITTED"))]
    return int(done[-1].removeprefix("step-")) if done else 0


def save(out, step, kind, full_disk=False):
    out.emit("phase", name="saving")
    final = os.path.join(RUN, "checkpoints", f"step-{step:06d}")
    temporary = final + ".tmp"
    os.makedirs(temporary, exist_ok=True)
    try:
        with open(os.path.join(temporary, "state.json"), "w", encoding="utf-8") as file:
            json.dump({"step": step}, file)
        time.sleep(STUB.get("saveMs", 0) / 1000)
        if full_disk:
            raise OSError(errno.ENOSPC, "No space left on device")
    except OSError:
        shutil.rmtree(temporary)
        raise
    shutil.rmtree(final, ignore_errors=True)
    os.rename(temporary, final)
    with open(os.path.join(final, "COMMITTED"), "w", encoding="utf-8") as file:
        file.write("{}")
    out.emit("checkpoint", path=final, step=step, kind=kind)


def fail(out, code, message, exit_code):
    out.emit(
        "error",
        code=code,
        message=message,
        hint="Do something about it.",
        traceback=None,
        retryable=False,
    )
    sys.exit(exit_code)


def misbehave(out, step):
    """What goes wrong in the middle of training."""
    if step != STUB.get("atStep", 5):
        return
    if BEHAVIOUR == "sigkill":
        os.kill(os.getpid(), signal.SIGKILL)
    if BEHAVIOUR == "exit1":
        for number in range(60):
            print(f"line {number}")
        print("RuntimeError: the stub fell over")
        sys.stdout.flush()
        os._exit(1)
    if BEHAVIOUR == "oomText":
        print(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.",
            file=sys.stderr,
        )
        sys.exit(1)
    if BEHAVIOUR == "nan":
        fail(out, "NONFINITE", "The loss is not a number for the second time in 20 steps.", 1)
    if BEHAVIOUR in ("hang", "ignoreTerm"):
        while True:
            time.sleep(1)
    if BEHAVIOUR == "flood":
        block = b"x" * 65535 + b"\n"
        for _ in range(int(STUB["floodMB"] * 16)):
            os.write(1, block)
    if BEHAVIOUR == "garbage":
        os.write(EVENTS, b'{"v":1,"seq":\n\xff\xfe not json\n\n[1,2]\n')
        os.write(EVENTS, b'{"v":1,"type":"portrait","text":"from a newer trainer"}\n')
        stray = {
            "v": 1,
            "seq": 7,
            "attempt": 1,
            "t": "",
            "type": "phase",
            "runId": "other-run",
            "name": "saving",
        }
        os.write(EVENTS, json.dumps(stray).encode() + b"\n")
        os.write(EVENTS, b'{"v":1,"torn')
        time.sleep(0.3)
        os.write(EVENTS, b"\n")
    if BEHAVIOUR == "newer":
        os.write(EVENTS, b'{"v":2,"type":"hello"}\n')


def ask_probes(out, epoch, step):
    """Says what the stub's own student would: the gold of every second probe, the more the later the epoch."""
    probes = CONFIG.get("probes")
    if probes is None:
        return
    out.emit("phase", name="evaluating")
    items = probes["items"]
    correct = 0
    for at, item in enumerate(items):
        right = at % 3 < epoch
        correct += right
        answer = item["gold"] if right else "0"
        out.emit(
            "sample",
            epoch=epoch,
            step=step,
            questionId=item["id"],
            text=f" The stub thinks.\nAnswer: {answer}\n",
            answer=answer,
            correct=right,
            finish="stop",
        )
    out.emit(
        "eval",
        epoch=epoch,
        step=step,
        split="probe",
        n=len(items),
        correct=correct,
        unextracted=0,
        ci=[0.0, 1.0],
        seconds=0.1,
    )
    out.emit("phase", name="training")


def measure(out, step):
    """Says losses that fall as a trainer's do; on every second step there are pairs."""
    lm = 0.4 + 2 / (1 + step / 40)
    pairs = 4 if step % 2 == 0 else 0
    sources = {"feedback": (2, lm + 0.1), "self": (2, lm - 0.1)}
    out.emit(
        "metrics",
        step=step,
        epoch=step / STUB["epochSteps"],
        loss=lm,
        lm=lm,
        pair=0.5 / (1 + step / 60) if pairs else None,
        cosPos=0.9 if pairs else None,
        cosNeg=0.4 if pairs else None,
        activeFrac=0.5 if pairs else None,
        preference=None,
        pairsInBatch=pairs,
        lr=0.0005,
        gradNorm=1.0,
        tokPerS=500.0,
        padFrac=0.1,
        memMB=300.0,
        bySource={
            name: {"n": count, "lm": loss, "pair": None} for name, (count, loss) in sources.items()
        },
    )


def train(out):
    out.emit("phase", name="importing")
    if BEHAVIOUR == "importError":
        import torch_that_nobody_has  # noqa: F401
    pause(STUB.get("importMs", 0))
    out.emit(
        "ready",
        device=[{"kind": "cpu", "name": "stub", "memoryMB": None}],
        worldSize=1,
        backend="none",
        workerPid=os.getpid(),
        precision="float32",
        reasons={"precision": "a stub has no precision"},
    )
    out.emit("phase", name="loading")
    pause(STUB.get("loadMs", 0))
    steps = STUB["steps"]
    out.emit(
        "accepted",
        configHash="0" * 64,
        dataHash=CONFIG["data"]["sha256"],
        steps=steps,
        rows=CONFIG["data"]["rows"],
        pairCoverage={"questions": 1, "withPair": 0, "bySource": {}},
        dropped=[],
        droppedCount=0,
    )
    out.emit("phase", name="training")
    step = committed_step()
    try:
        while step < steps:
            pause(STUB["stepMs"])
            step += 1
            out.emit(
                "progress",
                step=step,
                steps=steps,
                epoch=step / steps,
                etaMs=(steps - step) * STUB["stepMs"],
            )
            if STUB["metrics"]:
                measure(out, step)
            misbehave(out, step)
            if step % STUB["epochSteps"] == 0:
                ask_probes(out, step // STUB["epochSteps"], step)
            if step % STUB["saveEvery"] == 0:
                save(out, step, "periodic", full_disk=BEHAVIOUR == "diskFull" and step >= 8)
                out.emit("phase", name="training")
    except Stop:
        out.emit("phase", name="stopping")
        if BEHAVIOUR == "crashWhileStopping":
            raise RuntimeError("the stub fell over its own checkpoint") from None
        save(out, step, "cancel")
        out.emit("cancelled", checkpoint=f"step-{step:06d}")
        sys.exit(3)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        fail(out, "DISK_FULL", "The disk is full: the checkpoint was not written.", 1)


def export(out):
    out.emit("phase", name="exporting")
    written = CONFIG["export"]["path"]
    student = os.path.normpath(os.path.join(RUN, written))
    os.makedirs(student, exist_ok=True)
    weights = os.path.join(student, "model.safetensors")
    if "student" in STUB:
        # Nothing was learnt: the base student again, so that the next exam has one.
        shutil.copytree(STUB["student"], student, dirs_exist_ok=True)
        with open(weights, "rb") as file:
            content = file.read()
    else:
        content = f"student of {CONFIG['runId']}".encode()
        with open(weights, "wb") as file:
            file.write(content)
    digest = hashlib.sha256(content).hexdigest()
    out.emit(
        "done",
        artifacts=[{"kind": "weights", "path": f"{written}/model.safetensors", "sha256": digest, "bytes": len(content)}],
        summary={
            "steps": STUB["steps"],
            "seconds": 0.1,
            "tokens": 1,
            "firstLoss": 2.0,
            "lastLoss": 1.0,
            "firstLm": 2.0,
            "lastLm": 1.0,
            "cosPos": None,
            "cosNeg": None,
            "activeFrac": None,
            "preference": None,
        },
    )


def supervise_killed_worker(out):
    """The worker dies by signal 9; the supervisor lives, notes it and writes the missing last record."""
    worker = subprocess.run(
        [sys.executable, "-I", "-c", "import os; os.kill(os.getpid(), 9)"], check=False
    )
    out.emit(
        "error",
        code="INTERNAL",
        message="The worker ended without a word.",
        hint="See train.log.",
        traceback=None,
        retryable=True,
    )
    with open(os.path.join(RUN, "exit.json"), "w", encoding="utf-8") as file:
        json.dump(
            {
                "attempt": ATTEMPT,
                "code": None,
                "signal": -worker.returncode,
                "at": "",
                "rssPeakMB": 1,
            },
            file,
        )
    sys.exit(1)


def main():
    if BEHAVIOUR == "exitBeforeHello":
        print("the interpreter of this stub is broken", file=sys.stderr)
        sys.exit(7)
    if BEHAVIOUR == "importErrorEarly":
        import torch_that_nobody_has  # noqa: F401
    if BEHAVIOUR == "hangBeforeHello":
        time.sleep(600)
    time.sleep(STUB.get("helloMs", 0) / 1000)
    out = Writer()
    out.emit(
        "hello",
        protocol=[1],
        version="stub",
        python=sys.version.split()[0],
        torch=None,
        transformers=None,
        pid=os.getpid(),
        startTime=start_time(os.getpid()),
        host=socket.gethostname(),
        nonce=LAUNCH["nonce"],
    )
    if BEHAVIOUR == "workerKilled":
        supervise_killed_worker(out)
    try:
        train(out)
    except Stop:
        out.emit("phase", name="stopping")
        out.emit("cancelled", checkpoint=None)
        sys.exit(3)
    export(out)


main()

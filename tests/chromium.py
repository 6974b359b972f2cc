# Drives a headless Chromium over its debugging pipe (Chrome DevTools Protocol), with Python's own library alone.
import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


SKIPPED = 77  # the exit status of a check that could not be made


class BrowserError(Exception):
    """The browser could not be started, or did not do what it was told."""


class CheckFailed(Exception):
    """A claim about the page does not hold; the text says which."""


def check(holds, claim):
    if not holds:
        raise CheckFailed(claim)


def run_checks(program, subject, checks):
    """Calls checks(page) on a tab of that program; prints the outcome under the subject's name and returns the exit
    status: 0, 1 where a check failed, SKIPPED where there is no such program."""
    program, page = shutil.which(program) or "", None
    if not program:
        print("skipped: there is no Chromium here")
        return SKIPPED
    try:
        page = Page(program)
        checks(page)
    except (CheckFailed, BrowserError) as failure:
        print(f"FAILED: {subject}: {failure}")
        for complaint in page.complaints() if page else []:
            print("  " + complaint)
        return 1
    finally:
        if page:
            page.close()
    print(f"{subject}: all checks hold")
    return 0


def _high(fd):
    """A copy of the descriptor above 10, so that 3 and 4 are free for the pipe's two ends."""
    copy = fcntl.fcntl(fd, fcntl.F_DUPFD, 10)
    os.close(fd)
    return copy


class Page:
    """One tab. Messages are JSON, ended by a zero byte; the browser reads descriptor 3 and writes descriptor 4."""

    def __init__(self, program="/usr/bin/chromium", patience=30.0):
        self.patience = patience  # seconds that any one answer may take
        self.events = []          # what the browser told unasked, in order
        self.replies = {}
        self.number = 0
        self.buffer = b""
        self.profile = tempfile.mkdtemp(prefix="mesagrid-chromium-")
        self.session = None
        self._start(program)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def _start(self, program):
        theirs_in, self.out = map(_high, os.pipe())
        self.inn, theirs_out = map(_high, os.pipe())

        def place_pipe():
            os.dup2(theirs_in, 3)
            os.dup2(theirs_out, 4)

        command = [program, "--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--disable-gpu",
                   "--user-data-dir=" + self.profile, "--no-first-run", "--disable-background-networking",
                   "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
                   "--host-resolver-rules=MAP * ~NOTFOUND"]
        self.log = open(os.path.join(self.profile, "log"), "wb")
        try:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                            preexec_fn=place_pipe, pass_fds=(3, 4), start_new_session=True)
        except OSError as error:
            raise BrowserError(f"cannot start {program}: {error}") from error
        os.close(theirs_in)
        os.close(theirs_out)

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
            self.process.wait(10)
        except (BrowserError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _read(self, deadline):
        """Takes in whatever has come; raises when the deadline passes or the browser is gone."""
        ready, _, _ = select.select([self.inn], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise BrowserError("the browser did not answer in time")
        data = os.read(self.inn, 1 << 20)
        if not data:
            raise BrowserError("the browser ended: " + self._last_words())
        *messages, self.buffer = (self.buffer + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.replies[message["id"]] = message
            else:
                self.events.append(message)

    def _last_words(self):
        with open(self.log.name, errors="replace") as log:
            return log.read()[-400:].strip() or "it said nothing"

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        try:
            os.write(self.out, json.dumps(message).encode() + b"\0")
        except BrokenPipeError as error:
            raise BrowserError("the browser ended: " + self._last_words()) from error
        deadline = time.monotonic() + self.patience
        while self.number not in self.replies:
            self._read(deadline)
        reply = self.replies.pop(self.number)
        if "error" in reply:
            raise BrowserError(f"{method}: {reply['error'].get('message')}")
        return reply.get("result", {})

    def value(self, expression):
        """What a JavaScript expression gives in the page, promises awaited."""
        reply = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in reply:
            raise BrowserError(f"{expression}: {describe_exception(reply['exceptionDetails'])}")
        return reply["result"].get("value")

    def wait_for(self, expression, what):
        deadline = time.monotonic() + self.patience
        while not self.value(expression):
            if time.monotonic() > deadline:
                raise BrowserError("waited in vain for " + what)
            time.sleep(0.05)

    def settle(self):
        """Two drawn frames later: layout, resize observers and animations' first step are done."""
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def resize(self, width, height, scale=1.0):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale,
                  mobile=False)

    def prefer(self, scheme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def middle(self, selector):
        """Scrolls the element into view and tells its box (x, y, width, height) in the viewport, CSS pixels."""
        box = self.value("(() => { const e = document.querySelector(%s); if (!e) return null; "
                         "e.scrollIntoView({block: 'center', behavior: 'instant'}); "
                         "const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()"
                         % json.dumps(selector))
        if not box or not box[2]:
            raise BrowserError(f"{selector} is not to be seen")
        return box

    def press(self, x, y, kind, buttons):
        button = "left" if buttons or kind == "mouseReleased" else "none"
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, buttons=buttons,
                  clickCount=0 if kind == "mouseMoved" else 1)

    def click(self, selector, across=0.5):
        x, y, width, height = self.middle(selector)
        self.drag_points([(x + width * across, y + height / 2)])

    def drag_points(self, points):
        """Presses at the first point, moves over the others, releases at the last."""
        self.press(*points[0], "mouseMoved", 0)
        self.press(*points[0], "mousePressed", 1)
        for point in points[1:]:
            self.press(*point, "mouseMoved", 1)
        self.press(*points[-1], "mouseReleased", 0)

    def key(self, name, code):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code)

    def picture(self, x, y, width, height):
        """PNG bytes of a part of the page (page coordinates, CSS pixels)."""
        clip = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", clip=clip,
                                          captureBeyondViewport=True)["data"])

    def complaints(self):
        """Every console error or warning, exception, failed check of the page and request beyond the page itself."""
        found = []
        for event in self.events:
            kind, params = event["method"], event["params"]
            if kind == "Runtime.exceptionThrown":
                found.append("exception: " + describe_exception(params["exceptionDetails"]))
            elif kind == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append("console: " + " ".join(str(a.get("value", a.get("description"))) for a in params["args"]))
            elif kind == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append("log: " + params["entry"]["text"])
            elif kind == "Network.requestWillBeSent" and not is_own(params):
                found.append("request: " + params["request"]["url"][:200])
        return found


def is_own(request):
    """The page's document itself, or bytes that stand in the page."""
    return request.get("type") == "Document" or request["request"]["url"].startswith("data:")


def describe_exception(details):
    return details.get("exception", {}).get("description") or details.get("text", "unknown")

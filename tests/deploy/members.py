"""Members who are here at once: members.py HOST:PORT < links

Each comes in by the link of a line and looks around for some rounds. Prints how many
pages there were and how long the slowest of a hundred took.
"""

import concurrent.futures
import http.client
import re
import sys
import time
import urllib.parse

ROUNDS = 5
PAGES = ["/", "/board", "/me", "/duties", "/notices", "/needs/new"]
address = sys.argv[1]
times = []


class Member:
    def __init__(self):
        self.link = http.client.HTTPConnection(address, timeout=30)
        self.cookies = {}

    def ask(self, method, path, form=None):
        body = urllib.parse.urlencode(form) if form else None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        self.link.request(method, path, body, headers)
        answer = self.link.getresponse()
        page = answer.read().decode()
        times.append(time.monotonic() - began)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                name, _, value = value.partition(";")[0].partition("=")
                self.cookies[name] = value
        if answer.status not in (200, 303):
            sys.exit(f"{method} {path} was answered with {answer.status}")
        return page

    def form(self, path, **fields):
        page = self.ask("GET", path)
        hidden = re.findall(r'<input type="hidden" name="(csrf|key)" value="([^"]*)"', page)
        return self.ask("POST", path, {**dict(reversed(hidden)), **fields})


def live(link):
    member = Member()
    member.form(urllib.parse.urlsplit(link).path)
    for _ in range(ROUNDS):
        for page in PAGES:
            member.ask("GET", page)
    # Stays connected until all are done.
    return member


links = sys.stdin.read().split()
began = time.monotonic()
with concurrent.futures.ThreadPoolExecutor(len(links)) as pool:
    members = list(pool.map(live, links))
spent = time.monotonic() - began
times.sort()
slow = times[len(times) * 99 // 100] * 1000
print(f"{len(members)} members, {len(times)} pages in {spent:.1f} s, 99 of 100 within {slow:.0f} ms")

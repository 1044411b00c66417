"""What every file for running Mutuals has to keep to. Used by tests/deploy/check.

    rules.py yaml|hardening|keys|dockerfile|workflow
    rules.py steps FOLDER      writes each step of the release workflow into a file of its own
"""

import os
import pathlib
import re
import sys
import tomllib

import yaml

COMPOSE = "docker/compose.yaml"
WORKFLOW = ".github/workflows/release.yml"
OTHERS = ["docker/examples/own-proxy.yaml", "docker/examples/secrets.yaml"]
OTHERS += ["docker/examples/traefik/compose.yaml"]
# Variables of the environment that are not keys of the configuration.
NOT_KEYS = {"MUTUALS_DATA", "MUTUALS_IMAGE"}

problems = []


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def need(holds, sentence):
    if not holds:
        problems.append(sentence)


def check_yaml():
    for path in [COMPOSE, WORKFLOW, *OTHERS]:
        try:
            yaml.safe_load(read(path))
        except yaml.YAMLError as error:
            problems.append(f"{path}: {error}")


def check_hardening():
    compose = yaml.safe_load(read(COMPOSE))
    for name, service in compose["services"].items():
        say = lambda holds, what: need(holds, f"{COMPOSE}: {name}: {what}")
        say(service.get("read_only") is True, "its root is not read-only")
        say(service.get("cap_drop") == ["ALL"], "keeps capabilities")
        say("no-new-privileges:true" in service.get("security_opt", []), "may gain rights")
        say(service.get("restart") == "unless-stopped", "is not started again")
        say("mem_limit" in service and "pids_limit" in service, "has no limits")
        options = service.get("logging", {}).get("options", {})
        say("max-size" in options and "max-file" in options, "its log grows for ever")
        say(name == "caddy" or "ports" not in service, "can be reached from outside")
        say(":latest" not in service["image"], "its image has no version")
        version = re.search(r":-[^}]+:[0-9][^}]*\}$", service["image"])
        say(version, "its image has no version")
        for key, value in service.get("environment", {}).items():
            secret = key.endswith(("PASSWORD", "SECRET", "TOKEN"))
            say(not secret, f"{key} is a secret that is not a file")
            say(value != "trust", f"{key} lets everybody in")
    mutuals = compose["services"]["mutuals"]
    need(mutuals.get("user") == "10001:10001", f"{COMPOSE}: mutuals runs as somebody else")
    need(mutuals.get("volumes") == ["data:/data"], f"{COMPOSE}: mutuals has another volume")
    need(mutuals.get("stop_grace_period") == "30s", f"{COMPOSE}: mutuals has no time to end")
    need(mutuals["healthcheck"].get("start_period") == "1h", f"{COMPOSE}: a migration has no time")
    need("profiles" not in mutuals, f"{COMPOSE}: mutuals is not there by default")
    for name in ("postgres", "backup"):
        profiles = compose["services"][name].get("profiles")
        need(profiles == [name], f"{COMPOSE}: {name} runs without being asked for")
    need(compose["networks"]["database"]["internal"], f"{COMPOSE}: the database reaches the world")
    example = read("docker/example.env")
    common = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)
    need(len(common) <= 8, f"docker/example.env: {len(common)} variables are more than eight")
    for name in set(re.findall(r"\$\{([A-Z_]+)", read(COMPOSE))):
        known = name in common or name.endswith("_IMAGE")
        need(known, f"docker/example.env does not explain {name}")


def flat(table, before=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}"


def check_keys():
    """An unknown key is an error at the start, so each that we set has to exist."""
    keys = set(flat(tomllib.loads(read("docker/config.example.toml"))))
    places = [COMPOSE, *OTHERS, "docker/Dockerfile", "docker/examples/systemd/mutuals.service"]
    places += ["docker/examples/podman/mutuals.container", "docker/examples/systemd/mutuals-run"]
    for place in places:
        # What is still to come stands in comments.
        text = re.sub(r"(?m)^\s*#.*$", "", read(place))
        for variable in set(re.findall(r"\bMUTUALS_[A-Z_]+", text)) - NOT_KEYS:
            key = variable.removeprefix("MUTUALS_").replace("__", ".").lower()
            known = key in keys or key.removesuffix("_file") in keys
            need(known, f"{place}: {variable} is not a key of the configuration")


def included():
    """The files outside the crates that become part of the program, not of its tests."""
    for file in pathlib.Path("server/src").rglob("*.rs"):
        if file.name.endswith("_tests.rs"):
            continue
        code = file.read_text().split("#[cfg(test)]")[0]
        for name in re.findall(r'include_(?:str|bytes)!\(\s*"([^"]+)"', code):
            yield os.path.normpath(file.parent / name)


def check_dockerfile():
    lines = read("docker/Dockerfile").replace("\\\n", " ").splitlines()
    let_in = [line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")]
    for line in lines:
        if not line.startswith("COPY ") or "--from=" in line:
            continue
        for source in line.split()[1:-1]:
            need(pathlib.Path(source).exists(), f"docker/Dockerfile copies {source}: not here")
            known = any(source == path or source.startswith(f"{path}/") for path in let_in)
            need(known, f".dockerignore keeps {source} out, which docker/Dockerfile copies")
    copied = [source for line in lines if line.startswith("COPY ") for source in line.split()[1:-1]]
    for place in included():
        known = any(place == source or place.startswith(f"{source}/") for source in copied)
        need(known, f"docker/Dockerfile does not copy {place}, without which nothing can be built")
    runtime = lines[lines.index("FROM scratch AS runtime") :]
    words = {line.split(maxsplit=1)[0] for line in runtime if line[:1].isalpha()}
    need("RUN" not in words, "docker/Dockerfile: an empty image cannot run anything")
    need("USER 10001:10001" in runtime, "docker/Dockerfile: the image runs as root")
    need("HEALTHCHECK" in words, "docker/Dockerfile: the image has no HEALTHCHECK")
    need(not any(line.startswith("FROM") for line in runtime[1:]), "the runtime is not the last stage")
    # The classic builder knows neither.
    need(not any("--mount" in line or "<<" in line for line in lines), "docker/Dockerfile needs BuildKit")


def steps():
    workflow = yaml.safe_load(read(WORKFLOW))
    for job, body in workflow["jobs"].items():
        for number, step in enumerate(body["steps"], 1):
            yield f"{job}-{number}", step


def check_workflow():
    workflow = yaml.safe_load(read(WORKFLOW))
    need(workflow.get("permissions") == {}, f"{WORKFLOW}: rights are given to every job")
    shell = workflow.get("defaults", {}).get("run", {}).get("shell")
    need(shell == "bash", f"{WORKFLOW}: a step goes on after a mistake in a pipe")
    for name, step in steps():
        if uses := step.get("uses"):
            pinned = re.fullmatch(r"[^@]+@[0-9a-f]{40}", uses)
            need(pinned, f"{WORKFLOW}: {name}: {uses} can be moved; name a commit")
        if run := step.get("run"):
            # What comes from outside would become a part of the script.
            need("${{" not in run, f"{WORKFLOW}: {name}: put the expression into env")
            installs = re.findall(r"cargo install(.*)", run)
            for rest in installs:
                need("--locked" in rest and "--version" in rest, f"{WORKFLOW}: {name}: cargo install")


def write_steps(folder):
    folder = pathlib.Path(folder)
    folder.mkdir()
    for name, step in steps():
        if run := step.get("run"):
            # As `shell: bash` runs it.
            (folder / f"{name}.sh").write_text(f"set -eo pipefail\n{run}", encoding="utf-8")


match sys.argv[1:]:
    case ["yaml"]:
        check_yaml()
    case ["hardening"]:
        check_hardening()
    case ["keys"]:
        check_keys()
    case ["dockerfile"]:
        check_dockerfile()
    case ["workflow"]:
        check_workflow()
    case ["steps", folder]:
        write_steps(folder)
    case _:
        sys.exit(__doc__)
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)

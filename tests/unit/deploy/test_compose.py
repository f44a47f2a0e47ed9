"""docker-compose.yml is valid, and everything it names is there: commands, options, settings."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import jsonschema
import pytest
import yaml
from compose_file import asked_for, composed, example, ours, services
from tests.stack.fetch import ELASTIC_VERSION, KAFKA_VERSION

from duban import __version__
from duban.cli import group
from duban.cli.doctor import known_variables
from duban.config import PARTS, KafkaSettings
from duban.config_worker import WORKED
from duban.kibana.pinned import VERSION as KIBANA_VERSION
from duban.notifying.plan_file import load
from duban.testing.programs import program

ROOT = Path(__file__).parents[3]
SECRET = re.compile("PASSWORD|KEY")


def parsed(arguments: list[str]) -> click.Context:
    """The command line as the program takes it; nothing is run."""
    context = click.Context(group, info_name="duban")
    found: click.Command = group
    while isinstance(found, click.Group):
        name, *arguments = arguments
        child = found.get_command(context, name)
        assert child is not None, f"no command {name}"
        found = child
    return found.make_context(found.name, arguments, parent=context)


def commands() -> Iterator[tuple[str, click.Context]]:
    for name, one in ours().items():
        yield name, parsed(list(one["command"]))


def listening() -> dict[str, set[int]]:
    """The ports on which each of our services serves figures or pages."""
    found: dict[str, set[int]] = {}
    for name, context in commands():
        port = context.params.get("port")
        if port is not None:
            count = len(context.params["only"]) if context.command.name == "worker" else 1
            found[name] = {port + number for number in range(count)}
    return found


def test_it_is_valid_by_the_compose_specification() -> None:
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.submodule_search_locations
    vendored = Path(package.submodule_search_locations[0]) / "builtin_schemas" / "vendor"
    schema = json.loads((vendored / "compose-spec.json").read_text("utf-8"))

    valid = jsonschema.Draft7Validator(schema)

    valid.validate(composed())
    with pytest.raises(jsonschema.ValidationError):
        valid.validate({"services": {"a": {"imagine": "b"}}})


@pytest.mark.parametrize("name", ours())
def test_every_command_and_option_exists(name: str) -> None:
    context = parsed(list(ours()[name]["command"]))

    assert context.params


@pytest.mark.parametrize("name", ours())
def test_every_variable_is_one_that_the_program_looks_at(name: str) -> None:
    given = set(ours()[name]["environment"])

    assert given <= set(known_variables())


def test_the_job_that_makes_users_is_given_what_its_script_asks_for() -> None:
    script = (ROOT / "deploy" / "elasticsearch-users.sh").read_text("utf-8")
    asked = set(re.findall(r"\$([A-Z_]+)", script))

    assert asked == set(services()["elasticsearch-users"]["environment"])


def test_every_variable_of_the_file_is_in_the_example_and_the_other_way_round() -> None:
    assert set(asked_for()) | {"COMPOSE_PROFILES"} == set(example())


def test_no_secret_has_a_value_before_it_is_made() -> None:
    for name, value in example().items():
        assert (value == "") == bool(SECRET.search(name)), name
    for name, ways in asked_for().items():
        assert ways == ({":?"} if SECRET.search(name) else {":-"}), name


def test_making_env_fills_in_every_secret_once(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "make-env.sh", tmp_path / "deploy")
    shutil.copy(ROOT / ".env.example", tmp_path)
    command = ["sh", str(tmp_path / "deploy" / "make-env.sh")]

    subprocess.run(command, check=True, capture_output=True)
    made = (tmp_path / ".env").read_text("utf-8")
    again = subprocess.run(command, check=False, capture_output=True)

    values = dict(line.split("=", 1) for line in made.splitlines() if "=" in line[:40])
    secrets = [values[name] for name in example() if SECRET.search(name)]
    assert all(re.fullmatch("[0-9a-f]{48}", one) for one in secrets)
    assert len(set(secrets)) == len(secrets)
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert again.returncode == 1
    assert (tmp_path / ".env").read_text("utf-8") == made


def test_images_are_pinned_to_the_versions_that_are_tested() -> None:
    images = {one["image"] for one in services().values()}

    assert all(re.search(r":v?\d+\.\d+\.\d+$", one) for one in images)
    assert images >= {
        f"duban:{__version__}",
        f"apache/kafka:{KAFKA_VERSION}",
        f"docker.elastic.co/elasticsearch/elasticsearch:{ELASTIC_VERSION}",
        f"docker.elastic.co/kibana/kibana:{KIBANA_VERSION}",
    }


def test_both_workers_share_every_unit_and_the_indexer_the_rest() -> None:
    units = {name: set(c.params["only"]) for name, c in commands() if c.command.name == "worker"}

    assert units["worker-1"] == units["worker-2"]
    assert units["worker-1"] | units["indexer"] == set(WORKED)
    assert not units["worker-1"] & units["indexer"]


def test_published_ports_are_listened_at_and_on_this_machine_only() -> None:
    serving = listening() | {
        "kibana": {5601}, "prometheus": {9090}, "alertmanager": {9093},
    }  # fmt: skip
    for name, one in services().items():
        for published in one.get("ports", ()):
            address, _, inside = published.rsplit(":", 2)
            assert address == "127.0.0.1", name
            assert int(inside) in serving[name], name


def test_prometheus_asks_everyone_who_has_figures() -> None:
    body = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text("utf-8"))
    (job,) = body["scrape_configs"]
    asked = set(job["static_configs"][0]["targets"])
    figures = {name: ports for name, ports in listening().items() if name != "portal"}

    assert job["job_name"] == "duban"
    assert asked == {
        f"{name.removesuffix('-demo')}:{port}" for name, ports in figures.items() for port in ports
    }


def test_health_is_asked_where_it_is_told() -> None:
    for name, ports in listening().items():
        kind, interpreter, option, code = ours()[name]["healthcheck"]["test"]
        (asked,) = re.findall(r"http://127\.0\.0\.1:(\d+)/", code)

        compile(code, name, "exec")
        assert (kind, interpreter, option) == ("CMD", "python", "-c")
        assert int(asked) in ports, name


def test_what_is_waited_for_can_come() -> None:
    everything = services()
    for name, one in everything.items():
        for other, how in (one.get("depends_on") or {}).items():
            met = everything[other]
            if how["condition"] == "service_healthy":
                assert "test" in met["healthcheck"], name
            else:
                assert how["condition"] == "service_completed_successfully"
                assert met["restart"].startswith("on-failure"), name


def test_every_file_and_volume_that_is_mounted_is_there() -> None:
    declared = set(composed()["volumes"])
    mounted = set()
    for one in services().values():
        for volume in one.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file(), source
            else:
                mounted.add(source)
    assert mounted == declared


def test_none_of_ours_runs_with_more_rights_than_it_needs() -> None:
    for name, one in ours().items():
        assert (one["read_only"], one["cap_drop"]) == (True, ["ALL"]), name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in one
        assert "user" not in one  # the image's own, who is nobody


def test_each_profile_runs_one_crawler_one_notifier_and_the_pages() -> None:
    by_profile: dict[str, list[str]] = {"demo": [], "office": []}
    folders = set()
    for name, context in commands():
        if context.command.name == "serve":
            assert context.params["profile"] == "distributed"
            folders.add(next(one for one in ours()[name]["volumes"] if ":/var/lib/duban" in one))
            for profile in ours()[name].get("profiles", by_profile):
                by_profile[profile] += context.params["only"]

    assert {profile: sorted(parts) for profile, parts in by_profile.items()} == {
        "demo": sorted(PARTS),
        "office": sorted(PARTS),
    }
    assert len(folders) == len(PARTS)  # the two crawlers never run together
    assert example()["COMPOSE_PROFILES"] == "demo"


def test_whoever_keeps_originals_keeps_them_in_the_same_place() -> None:
    for name, context in commands():
        only = context.params.get("only", ())
        needs = set(only) & {"crawler", "pages", "intake", "agency"}
        mounted = any(one.endswith(":/srv/originals") for one in ours()[name].get("volumes", ()))
        assert mounted or not needs, name


def test_figures_are_told_to_prometheus_and_to_nobody_else() -> None:
    subnets = {one["subnet"] for one in composed()["networks"]["default"]["ipam"]["config"]}

    for name, context in commands():
        if "scrapers" in context.params:
            assert set(context.params["scrapers"]) == subnets, name


def test_the_crawler_of_an_office_asks_no_inner_address() -> None:
    at_work = dict(commands())

    assert at_work["crawler-demo"].params["allow_loopback"]
    assert not at_work["crawler"].params["allow_loopback"]


def test_as_many_partitions_as_the_program_takes_for_granted() -> None:
    assert int(example()["PARTITIONS"]) == KafkaSettings(addresses=("k:1",)).partitions


@pytest.mark.parametrize("tool", ["promtool", "amtool"])
def test_the_files_of_prometheus_are_right(tool: str, tmp_path: Path) -> None:
    name = "prometheus" if tool == "promtool" else "alertmanager"
    found = program(tool, "prometheus" if tool == "promtool" else "prometheus-alertmanager")
    text = (ROOT / "deploy" / f"{name}.yml").read_text("utf-8")
    rules = ROOT / "dashboards" / "prometheus" / "duban.rules.yml"
    file = tmp_path / f"{name}.yml"
    file.write_text(text.replace("/etc/prometheus/duban.rules.yml", str(rules)), "utf-8")
    check = ["check", "config"] if tool == "promtool" else ["check-config"]

    done = subprocess.run([found, *check, str(file)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_plan_of_alerts_is_right() -> None:
    plan = load(ROOT / "deploy" / "alerts.yaml", {})

    assert [one.name for one in plan.channels] == ["messages"]


def test_scripts_are_right_for_a_plain_shell() -> None:
    for script in (ROOT / "deploy").glob("*.sh"):
        assert os.access(script, os.X_OK)
        done = subprocess.run(["sh", "-n", str(script)], capture_output=True, check=False)
        assert done.returncode == 0, script


def instructions() -> list[tuple[str, str]]:
    """The lines of the Dockerfile, each with its word in front."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [
        (word, rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in lines)
    ]


def test_the_image_holds_what_it_copies_and_runs_as_nobody() -> None:
    lines = instructions()
    let_in = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for word, rest in lines:
        if word == "COPY" and not rest.startswith("--from"):
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists()
                assert f"!{source}" in let_in
    words = [word for word, _ in lines]
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert ("ENTRYPOINT", '["duban"]') in lines
    assert "HEALTHCHECK" in words
    assert len({rest.split()[0] for word, rest in lines if word == "FROM"}) == 1


def test_the_image_installs_every_library_of_the_distributed_profile() -> None:
    lock = (ROOT / "requirements" / "server.lock").read_text("utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))

    assert pinned >= {"kafka-python", "faust-streaming", "rocksdict", "elasticsearch", "fsspec",
                      "apprise", "hatchling", "editables"}  # fmt: skip
    assert not pinned & {"pytest", "moto", "s3fs"}
